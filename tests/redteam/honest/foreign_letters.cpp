// SPDX-License-Identifier: MIT
// Comments and texts in other alphabets: Σ x², µ, naïve, 行列, שלום, → and “quotes”.
//! operator: saxpy
#include <cstdint>
#include <cstdio>

namespace ops {

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  if (n < 0) std::fprintf(stderr, "saxpy: n = %ld ≥ 0 expected, größer als −1\n", static_cast<long>(n));
  for (std::int64_t i = 0; i < n; ++i) z[i] = a * x[i] + y[i];  // z ← αx + y
}

}  // namespace ops
