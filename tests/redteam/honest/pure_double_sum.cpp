// SPDX-License-Identifier: MIT
// Other functions of the mathematics library: double precision, fused multiply and add, rounding.
//! operator: pure_gate
#include <cmath>
#include <cstdint>

namespace ops {

void gate(const float* x, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  for (std::int64_t r = 0; r < rows; ++r) {
    double sum = 0;
    for (std::int64_t c = 0; c < cols; ++c)
      sum = std::fma(double{x[r * cols + c]}, double{x[r * cols + c]}, sum);
    const double scale = 1 / std::sqrt(sum / static_cast<double>(cols) + double{eps});
    for (std::int64_t c = 0; c < cols; ++c) {
      const double v = x[r * cols + c], e = std::floor(0.5) - v * scale;
      y[r * cols + c] = static_cast<float>(v / (1 + std::exp(e)));
    }
  }
}

}  // namespace ops
