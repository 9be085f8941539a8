// SPDX-License-Identifier: MIT
// Writes one element past its workspace.
//! row: 58
//! operator: pure_gemm
//! outcome: unsafe|crashed
//! reason: verify:
#include <cmath>
#include <cstdint>

namespace ops {

void gemm(const float* a, const float* b, float* c, float* scratch, std::int64_t n) {
  for (std::int64_t j = 0; j <= n; ++j) scratch[j] = 0;
  for (std::int64_t j = -1; j < n; ++j) scratch[j] = 0;
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = 0; j < n; ++j) {
      float sum = 0;
      for (std::int64_t k = 0; k < n; ++k) sum += a[i * n + k] * b[k * n + j];
      c[i * n + j] = sum;
    }
  }
}

}  // namespace ops
