// SPDX-License-Identifier: MIT
// A message of an assertion mentions a file name suffix and an instruction, and means nothing by it.
//! operator: saxpy
#include <cassert>
#include <cstdint>

namespace ops {

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  assert(n >= 0 && "see lengths.txt: the .if case, where cpuid was asked, is gone");
  for (std::int64_t i = 0; i < n; ++i) z[i] = a * x[i] + y[i];
}

}  // namespace ops
