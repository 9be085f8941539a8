// SPDX-License-Identifier: MIT
// A flag that takes the locks away from static variables: nothing here, a race wherever two threads of the
// program call the kernel for the first time.
//! row: own
//! operator: saxpy
//! outcome: unsafe
//! reason: changes the language
//! flags: -O3 -fno-threadsafe-statics
#include <cstdint>
#include <string>

namespace ops {

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  static const std::string name = std::string("saxpy") + std::to_string(n != 0);
  for (std::int64_t i = 0; i < n; ++i) z[i] = a * x[i] + y[i];
  if (name.empty()) z[0] = 0;
}

}  // namespace ops
