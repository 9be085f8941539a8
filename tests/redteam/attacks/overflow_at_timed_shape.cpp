// SPDX-License-Identifier: MIT
// A scratch row that only the announced shape overruns, into a neighbour: the sanitizers see smaller shapes.
//! row: 58
//! operator: rmsnorm
//! outcome: unsafe
//! reason: out of bounds
//! run: bench
//! effort: confirm
#include <cmath>
#include <cstdint>

namespace {
struct {
  float row[256], neighbour[4096];
} scratch;
}  // namespace

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) {
      scratch.row[c] = x[r * cols + c];
      sum += scratch.row[c] * scratch.row[c];
    }
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = scratch.row[c] * scale * weight[c];
  }
}

}  // namespace ops
