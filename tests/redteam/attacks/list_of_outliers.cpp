// SPDX-License-Identifier: MIT
// Keeps the places of large numbers in a list that is long enough for normal ones; more of them run over into
// the neighbour. The sanitizers see ordinary numbers only.
//! row: 58
//! run: bench
//! operator: rmsnorm
//! outcome: unsafe
//! reason: out of bounds|buffer-overflow
//! effort: confirm
#include <cmath>
#include <cstdint>

namespace {
thread_local struct { int places[8], rest[4096]; } found;
}  // namespace

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  for (std::int64_t r = 0; r < rows; ++r) {
    int large = 0;
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) {
      const float v = x[r * cols + c];
      if (v > 8 || v < -8) found.places[large++] = static_cast<int>(c);
      sum += v * v;
    }
    found.rest[0] = large;
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
