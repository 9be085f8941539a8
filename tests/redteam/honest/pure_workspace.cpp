// SPDX-License-Identifier: MIT
// Sums a whole row in the workspace.
//! operator: pure_gemm
#include <cmath>
#include <cstdint>

namespace ops {

void gemm(const float* a, const float* b, float* c, float* scratch, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = 0; j < n; ++j) scratch[j] = 0;
    for (std::int64_t k = 0; k < n; ++k) {
      for (std::int64_t j = 0; j < n; ++j) scratch[j] += a[i * n + k] * b[k * n + j];
    }
    for (std::int64_t j = 0; j < n; ++j) c[i * n + j] = scratch[j];
  }
}

}  // namespace ops
