// SPDX-License-Identifier: MIT
// Sets errno, looks at it after calls of the mathematical library, and puts the old value back.
//! operator: rmsnorm
#include <cerrno>
#include <cmath>
#include <cstdint>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  const int before = errno;
  for (std::int64_t r = 0; r < rows; ++r) {
    errno = 0;
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    if (std::sqrt(sum) < 0 || errno == EDOM) sum = NAN;
    errno = before;
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
