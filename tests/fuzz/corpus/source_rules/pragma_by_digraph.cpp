// SPDX-License-Identifier: MIT
// Starts the pragma with the digraph of the hash.
//! row: 51
//! operator: rmsnorm
//! outcome: unsafe
//! reason: digraph
#include <cmath>
#include <cstdint>

// clang-format off
%:pragma GCC optimize("Ofast")
  // clang-format on

  namespace ops {
  void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols,
               float eps) {
    for (std::int64_t r = 0; r < rows; ++r) {
      float sum = 0;
      for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
      const float scale = 1 / std::sqrt(sum / cols + eps);
      for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
    }
  }

}  // namespace ops
