// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <cstdint>

namespace ops {

constexpr std::int64_t kTile = 16;

void sgemm(const float* a, const float* b, float* c, std::int64_t m, std::int64_t n, std::int64_t k) {
  for (std::int64_t i = 0; i < m * n; ++i) c[i] = 0;
  for (std::int64_t i0 = 0; i0 < m; i0 += kTile) {
    for (std::int64_t p0 = 0; p0 < k; p0 += kTile) {
      for (std::int64_t j0 = 0; j0 < n; j0 += kTile) {
        const std::int64_t i1 = std::min(i0 + kTile, m);
        const std::int64_t p1 = std::min(p0 + kTile, k);
        const std::int64_t j1 = std::min(j0 + kTile, n);
        for (std::int64_t i = i0; i < i1; ++i)
          for (std::int64_t p = p0; p < p1; ++p)
            for (std::int64_t j = j0; j < j1; ++j) c[i * n + j] += a[i * k + p] * b[p * n + j];
      }
    }
  }
}

}  // namespace ops
