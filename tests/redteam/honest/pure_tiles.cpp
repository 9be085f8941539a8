// SPDX-License-Identifier: MIT
// Tiles of the product live on the stack.
//! operator: pure_gemm
#include <cmath>
#include <cstdint>

namespace ops {

void gemm(const float* a, const float* b, float* c, float*, std::int64_t n) {
  constexpr std::int64_t kTile = 16;
  for (std::int64_t i0 = 0; i0 < n; i0 += kTile) {
    for (std::int64_t j0 = 0; j0 < n; j0 += kTile) {
      float tile[kTile][kTile] = {};
      const std::int64_t i1 = i0 + kTile < n ? i0 + kTile : n, j1 = j0 + kTile < n ? j0 + kTile : n;
      for (std::int64_t k = 0; k < n; ++k) {
        for (std::int64_t i = i0; i < i1; ++i) {
          for (std::int64_t j = j0; j < j1; ++j) tile[i - i0][j - j0] += a[i * n + k] * b[k * n + j];
        }
      }
      for (std::int64_t i = i0; i < i1; ++i) {
        for (std::int64_t j = j0; j < j1; ++j) c[i * n + j] = tile[i - i0][j - j0];
      }
    }
  }
}

}  // namespace ops
