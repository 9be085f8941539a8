// SPDX-License-Identifier: MIT
// Takes single steps until the output is aligned: the path depends on addresses, each element does not.
//! operator: saxpy
#include <cstdint>

namespace ops {

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  std::int64_t i = 0;
  for (; i < n && reinterpret_cast<std::uintptr_t>(z + i) % 16 != 0; ++i) z[i] = a * x[i] + y[i];
  for (; i + 4 <= n; i += 4) {
    for (int k = 0; k < 4; ++k) z[i + k] = a * x[i + k] + y[i + k];
  }
  for (; i < n; ++i) z[i] = a * x[i] + y[i];
}

}  // namespace ops
