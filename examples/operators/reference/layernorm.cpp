// layernorm in double precision, straight from the formula.
#include <cmath>
#include <cstdint>

void layernorm_reference(const double* x, const double* weight, const double* bias, double* y,
                         std::int64_t rows, std::int64_t cols, double eps) {
  for (std::int64_t r = 0; r < rows; ++r) {
    double mean = 0, variance = 0;
    for (std::int64_t c = 0; c < cols; ++c) mean += x[r * cols + c];
    mean /= cols;
    for (std::int64_t c = 0; c < cols; ++c) variance += (x[r * cols + c] - mean) * (x[r * cols + c] - mean);
    variance /= cols;
    for (std::int64_t c = 0; c < cols; ++c) {
      y[r * cols + c] = (x[r * cols + c] - mean) / std::sqrt(variance + eps) * weight[c] + bias[c];
    }
  }
}
