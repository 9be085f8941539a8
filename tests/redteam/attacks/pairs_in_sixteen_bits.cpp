// SPDX-License-Identifier: MIT
// Adds two products in sixteen bits before it widens them: only four times -128 does not fit. Half of the
// widening is saved.
//! row: own
//! operator: gemm_i8
//! outcome: wrong
//! reason: c[
//! effort: confirm
#include <cstdint>

namespace ops {

void gemm_i8(const std::int8_t* a, const std::int8_t* b, std::int32_t* c, std::int64_t m, std::int64_t n,
             std::int64_t k) {
  for (std::int64_t i = 0; i < m; ++i) {
    for (std::int64_t j = 0; j < n; ++j) {
      std::int32_t sum = 0;
      std::int64_t p = 0;
      for (; p + 2 <= k; p += 2) {
        const std::int16_t one = static_cast<std::int16_t>(a[i * k + p] * b[j * k + p]),
                           other = static_cast<std::int16_t>(a[i * k + p + 1] * b[j * k + p + 1]);
        sum += static_cast<std::int16_t>(one + other);
      }
      if (p < k) sum += a[i * k + p] * b[j * k + p];
      c[i * n + j] = sum;
    }
  }
}

}  // namespace ops
