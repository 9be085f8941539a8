// SPDX-License-Identifier: MIT
// A flag that writes the optimiser's report over the recipe in the evaluation's folder. The report begins
// with the name of the file, which a #line directive makes a recipe of its own: whoever repeats the
// evaluation obeys.
//! row: own
//! operator: saxpy
//! outcome: unsafe
//! reason: writes files
//! flags: -O3 -fopt-info-vec-optimized=build.ninja --param=vect-epilogues-nomask=0
#include <cstdint>
#line 1 "rule own\n  command = touch /tmp/obeyed\nbuild verify: own\n# "
namespace ops {

void saxpy(float a, const float* __restrict x, const float* __restrict y, float* __restrict z,
           std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) z[i] = a * x[i] + y[i];
}

}  // namespace ops
