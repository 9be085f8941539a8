// SPDX-License-Identifier: MIT
// Makes helper functions with token pasting, beside variables with names of one letter.
//! operator: saxpy
#include <cstdint>

namespace ops {
namespace {

#define DEFINE_STEP(width)                                               \
  void step_##width(float a, const float* x, const float* y, float* z) { \
    for (int i = 0; i < width; ++i) z[i] = a * x[i] + y[i];              \
  }
DEFINE_STEP(1)
DEFINE_STEP(4)

}  // namespace

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  std::int64_t o = 0, t = 4, m = 1;
  for (; o + t <= n; o += t) step_4(a, x + o, y + o, z + o);
  for (std::int64_t e = o; e < n; e += m) step_1(a, x + e, y + e, z + e);
}

}  // namespace ops
