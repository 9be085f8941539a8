// SPDX-License-Identifier: MIT
// Another order of the same operations.
//! operator: gemm_i8
#include <cstdint>

namespace ops {

void gemm_i8(const std::int8_t* a, const std::int8_t* b, std::int32_t* c, std::int64_t m, std::int64_t n,
             std::int64_t k) {
  for (std::int64_t i = 0; i < m; ++i) {
    for (std::int64_t j = 0; j < n; ++j) {
      std::int32_t sums[4] = {};
      std::int64_t p = 0;
      for (; p + 4 <= k; p += 4)
        for (int lane = 0; lane < 4; ++lane) sums[lane] += a[i * k + p + lane] * b[j * k + p + lane];
      for (; p < k; ++p) sums[0] += a[i * k + p] * b[j * k + p];
      c[i * n + j] = sums[0] + sums[1] + sums[2] + sums[3];
    }
  }
}

}  // namespace ops
