// SPDX-License-Identifier: MIT
// Constant tables, a table of functions (which has to be relocated), a local constant array.
//! operator: pure_gate
#include <cmath>
#include <cstdint>

namespace ops {

float square(float v) { return v * v; }
float same(float v) { return v; }
constexpr float kOne[4] = {1, 1, 1, 1};
float (*const kSteps[])(float) = {square, same};

void gate(const float* x, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  static const float half[] = {0.5f, 0.5f};
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += kSteps[rows < 0](x[r * cols + c]);
    const float scale = (half[0] + half[r & 1]) / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) {
      const float v = kSteps[1](x[r * cols + c]);
      y[r * cols + c] = v / (kOne[c & 3] + std::exp(-v * scale));
    }
  }
}

}  // namespace ops
