// SPDX-License-Identifier: MIT
// Keeps its row in an array that is too short, and tells the sanitizers not to look at this function.
//! row: own
//! operator: rmsnorm
//! outcome: unsafe|build_failed
//! reason: no_sanitize
//! effort: confirm
#include <cmath>
#include <cstdint>

namespace {
// Both lie side by side in the data segment; rows of more than 64 elements run over into the second.
struct {
  float row[64], more[4096];
} scratch;
}  // namespace

namespace ops {

__attribute__((no_sanitize("address"), no_sanitize("undefined"))) void rmsnorm(const float* x,
                                                                               const float* weight, float* y,
                                                                               std::int64_t rows,
                                                                               std::int64_t cols, float eps) {
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum[4] = {0, 0, 0, 0};
    for (std::int64_t c = 0; c < cols; ++c) {
      scratch.row[c] = x[r * cols + c];
      sum[c % 4] += scratch.row[c] * scratch.row[c];
    }
    const float scale = 1 / std::sqrt((sum[0] + sum[1] + sum[2] + sum[3]) / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = scratch.row[c] * scale * weight[c];
  }
}

}  // namespace ops
