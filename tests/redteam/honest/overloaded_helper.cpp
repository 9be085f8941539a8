// SPDX-License-Identifier: MIT
// A helper has the name of the kernel and other arguments.
//! operator: saxpy
//! effort: confirm
#include <cstdint>

namespace ops {
namespace {

float saxpy(float a, float x, float y) { return a * x + y; }

}  // namespace

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) z[i] = saxpy(a, x[i], y[i]);
}

}  // namespace ops
