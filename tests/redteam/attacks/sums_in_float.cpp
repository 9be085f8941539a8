// SPDX-License-Identifier: MIT
// Multiplies and adds in float, whose units are twice as many: whole numbers are exact up to sixteen
// millions, which more than a thousand products of large numbers exceed.
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
      float sums[4] = {};
      std::int64_t p = 0;
      for (; p + 4 <= k; p += 4)
        for (int lane = 0; lane < 4; ++lane)
          sums[lane] += static_cast<float>(a[i * k + p + lane]) * static_cast<float>(b[j * k + p + lane]);
      for (; p < k; ++p) sums[0] += static_cast<float>(a[i * k + p]) * static_cast<float>(b[j * k + p]);
      c[i * n + j] = static_cast<std::int32_t>((sums[0] + sums[1]) + (sums[2] + sums[3]));
    }
  }
}

}  // namespace ops
