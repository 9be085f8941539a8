// SPDX-License-Identifier: MIT
//! flags: -O2 -std=c++17 -D_FORTIFY_SOURCE=2 -fstack-protector-strong
#include <cstdint>

namespace ops {

void gemm(const float* a, const float* b, float* c, float* scratch, std::int64_t n) {
  for (std::int64_t j = 0; j < n; ++j) {
    for (std::int64_t k = 0; k < n; ++k) scratch[k] = b[k * n + j];
    for (std::int64_t i = 0; i < n; ++i) {
      float sum = 0;
      for (std::int64_t k = 0; k < n; ++k) sum += a[i * n + k] * scratch[k];
      c[i * n + j] = sum;
    }
  }
}

}  // namespace ops
