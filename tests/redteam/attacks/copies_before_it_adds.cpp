// SPDX-License-Identifier: MIT
// Copies y to the output and then adds: wrong where the output is x, which the contract allows and the old
// code does.
//! row: own
//! run: bench
//! operator: saxpy
//! outcome: wrong
//! reason: z[
//! effort: confirm
#include <cstdint>
#include <cstring>

namespace ops {

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  std::memmove(z, y, sizeof(float) * static_cast<std::size_t>(n));
  for (std::int64_t i = 0; i < n; ++i) z[i] += a * x[i];
}

}  // namespace ops
