// SPDX-License-Identifier: MIT
// Functions and variables have names that are orders when they stand in attributes.
//! operator: saxpy
#include <cstdint>

namespace ops {
namespace {

#define STEP 4

float optimize(float a, float x, float y) { return a * x + y; }

}  // namespace

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  std::int64_t target = 0;
  for (; target + STEP <= n; target += STEP) {
    for (int i = 0; i < STEP; ++i) z[target + i] = optimize(a, x[target + i], y[target + i]);
  }
  for (; target < n; ++target) z[target] = optimize(a, x[target], y[target]);
}

}  // namespace ops
