// SPDX-License-Identifier: MIT
// Specialises a member of a library's template, for everybody in the program who uses it with floats.
//! row: 7
//! operator: rmsnorm
//! outcome: unsafe
//! reason: takes the place
#include <cmath>
#include <cstdint>
#include <vector>

template <>
void std::vector<float>::push_back(const float&) {}

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  std::vector<float> unused;
  unused.push_back(1);
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
