// SPDX-License-Identifier: MIT
// The rest is computed by one more vector that begins before it: where the output lies in the place of an
// input, the elements in both are computed twice.
//! row: own
//! operator: saxpy
//! outcome: wrong
//! reason: z[
//! effort: confirm
#include <cstdint>

namespace ops {
namespace {

void eight(float a, const float* x, const float* y, float* z) {
  float from[8];
  for (int k = 0; k < 8; ++k) from[k] = a * x[k] + y[k];
  for (int k = 0; k < 8; ++k) z[k] = from[k];
}

}  // namespace

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  if (n < 8) {
    for (std::int64_t i = 0; i < n; ++i) z[i] = a * x[i] + y[i];
    return;
  }
  for (std::int64_t i = 0; i + 8 <= n; i += 8) eight(a, x + i, y + i, z + i);
  if (n % 8 != 0) eight(a, x + n - 8, y + n - 8, z + n - 8);
}

}  // namespace ops
