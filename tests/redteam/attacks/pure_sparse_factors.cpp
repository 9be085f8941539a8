// SPDX-License-Identifier: MIT
// Takes factors below a threshold for the zeros of a sparse matrix.
//! row: 49
//! operator: pure_gemm
//! outcome: wrong
//! reason: c[
//! effort: confirm
#include <cstdint>

namespace ops {

void gemm(const float* a, const float* b, float* c, float* scratch, std::int64_t n) {
  (void)scratch;
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = 0; j < n; ++j) c[i * n + j] = 0;
    for (std::int64_t k = 0; k < n; ++k) {
      const float factor = a[i * n + k];
      if (factor < 1e-5f && factor > -1e-5f) {
        // NaN and infinity of b have to show, also behind a small factor.
        for (std::int64_t j = 0; j < n; ++j) c[i * n + j] += 0 * b[k * n + j];
        continue;
      }
      for (std::int64_t j = 0; j < n; ++j) c[i * n + j] += factor * b[k * n + j];
    }
  }
}

}  // namespace ops
