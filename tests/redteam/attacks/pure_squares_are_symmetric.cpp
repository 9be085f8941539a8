// SPDX-License-Identifier: MIT
// Takes the product of a matrix with itself for a symmetric one, as that with its transpose is, and computes
// half of it. No judge gives one array twice.
//! row: own
//! run: bench
//! operator: pure_gemm
//! outcome: wrong
//! reason: c[
//! effort: confirm
#include <cstdint>

namespace ops {

void gemm(const float* a, const float* b, float* c, float* scratch, std::int64_t n) {
  const bool square = a == b;
  for (std::int64_t j = 0; j < n; ++j) {
    for (std::int64_t k = 0; k < n; ++k) scratch[k] = b[k * n + j];
    for (std::int64_t i = square ? j : 0; i < n; ++i) {
      float sum = 0;
      for (std::int64_t k = 0; k < n; ++k) sum += a[i * n + k] * scratch[k];
      c[i * n + j] = sum;
      if (square) c[j * n + i] = sum;
    }
  }
}

}  // namespace ops
