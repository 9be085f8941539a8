// SPDX-License-Identifier: MIT
// Written on another system: a byte order mark, and lines that end as they do there, in macros and raw texts,
// too.
//! operator: saxpy
#include <cstdint>

// clang-format off
#define STEP(i) \
  z[i] = a * x[i] \
    + y[i]
// clang-format on

namespace ops {

static const char kHelp[] = R"(two
lines)";

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  if (sizeof kHelp < 9) return;
  for (std::int64_t i = 0; i < n; ++i) STEP(i);  // a tab before this
}

}  // namespace ops
