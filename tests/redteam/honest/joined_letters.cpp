// SPDX-License-Identifier: MIT
// Comments in languages that join or part letters by characters without width, and pictures made of several.
// فارسی: این حلقه ضرب و جمع را انجام می‌دهد و نتیجه را
// می‌نویسد. हिन्दी: क्‍ष, मराठी: ऱ्‍या · 👩‍💻 ✔️
//! operator: saxpy
#include <cstdint>

namespace ops {

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) z[i] = a * x[i] + y[i]; /* می‌نویسد */
}

}  // namespace ops
