// Symmetric quantisation in double precision.
#include <algorithm>
#include <cmath>
#include <cstdint>

void quantize_int8_reference(const double* x, std::int8_t* q, double* scale, std::int64_t rows,
                             std::int64_t cols) {
  for (std::int64_t r = 0; r < rows; ++r) {
    double largest = 0;
    for (std::int64_t c = 0; c < cols; ++c) largest = std::max(largest, std::fabs(x[r * cols + c]));
    scale[r] = largest > 0 ? largest / 127 : 1;
    for (std::int64_t c = 0; c < cols; ++c) {
      q[r * cols + c] =
          static_cast<std::int8_t>(std::clamp(std::round(x[r * cols + c] / scale[r]), -127.0, 127.0));
    }
  }
}
