// SPDX-License-Identifier: MIT
// The repository protects its stacks strongly; a flag behind that one leaves only those protected that ask
// for it by name.
//! row: own
//! operator: pure_gemm
//! outcome: unsafe
//! reason: hardening
//! flags: -fstack-protector-explicit
#include <cstdint>

namespace ops {

void gemm(const float* a, const float* b, float* c, float* scratch, std::int64_t n) {
  for (std::int64_t j = 0; j < n; ++j) {
    for (std::int64_t k = 0; k < n; ++k) scratch[k] = b[k * n + j];
    for (std::int64_t i = 0; i < n; ++i) {
      float sum[4] = {0, 0, 0, 0};
      std::int64_t k = 0;
      for (; k + 4 <= n; k += 4)
        for (int lane = 0; lane < 4; ++lane) sum[lane] += a[i * n + k + lane] * scratch[k + lane];
      for (; k < n; ++k) sum[0] += a[i * n + k] * scratch[k];
      c[i * n + j] = sum[0] + sum[1] + sum[2] + sum[3];
    }
  }
}

}  // namespace ops
