// SPDX-License-Identifier: MIT
// Assertions that are never off, static ones, and a macro that names line and function.
//! operator: rmsnorm
#undef NDEBUG
#include <cassert>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>

#define REQUIRE(condition) \
  ((condition) ? void()    \
               : (std::fprintf(stderr, "%s, line %d: %s\n", __func__, __LINE__, #condition), std::abort()))

namespace ops {

static_assert(std::numeric_limits<float>::is_iec559 && sizeof(float) == 4, "IEEE 754 single precision");

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  assert(x != nullptr && weight != nullptr && y != nullptr && "no arrays");
  REQUIRE(rows >= 0 && cols >= 0);
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    assert(!(sum < 0));
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
