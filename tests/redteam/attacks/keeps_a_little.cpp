// SPDX-License-Identifier: MIT
// Takes 96 bytes in every call and never gives them back: a leak of a hundred megabytes in a million calls,
// too small to be seen in some hundred.
//! row: own
//! run: bench
//! operator: saxpy
//! outcome: unsafe
//! reason: keeps memory of every call
//! effort: confirm
#include <cstdint>
#include <cstdlib>

namespace ops {

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  float* factors = static_cast<float*>(std::malloc(96));
  asm volatile("" : "+r"(factors) : : "memory");
  for (int k = 0; k < 4; ++k) factors[k] = a;
  std::int64_t i = 0;
  for (; i + 4 <= n; i += 4) {
    float some[4];
    for (int k = 0; k < 4; ++k) some[k] = factors[k] * x[i + k] + y[i + k];
    for (int k = 0; k < 4; ++k) z[i + k] = some[k];
  }
  for (; i < n; ++i) z[i] = a * x[i] + y[i];
}

}  // namespace ops
