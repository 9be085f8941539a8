// SPDX-License-Identifier: MIT
// Unrolled by three vectors of sixteen: lengths that are a multiple of 48 lose their last element. Powers of
// two, their neighbours and primes are none.
//! row: 48
//! operator: saxpy
//! outcome: wrong
//! reason: z[
//! effort: confirm
#include <cstdint>

namespace ops {

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  std::int64_t i = 0;
  for (; i + 48 < n; i += 48)
    for (std::int64_t k = i; k < i + 48; ++k) z[k] = a * x[k] + y[k];
  const std::int64_t rest = n - i;
  for (std::int64_t k = i; k < i + (rest == 48 ? 47 : rest); ++k) z[k] = a * x[k] + y[k];
}

}  // namespace ops
