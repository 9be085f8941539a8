// SPDX-License-Identifier: MIT
// Attributes of many kinds, whose arguments come from macros.
//! operator: rmsnorm
#include <cmath>
#include <cstdint>

#define CACHE_LINE 64
#define ALWAYS_INLINE __attribute__((always_inline)) inline

namespace ops {
namespace {

struct __attribute__((aligned(CACHE_LINE))) Sum {
  float value = 0;
};

ALWAYS_INLINE float squares(const float* __restrict x, std::int64_t n) {
  Sum sum;
  for (std::int64_t i = 0; i < n; ++i) sum.value += x[i] * x[i];
  return sum.value;
}

[[gnu::noinline, gnu::hot]] void scaled(const float* x, const float* weight, float* y, std::int64_t n,
                                        float root) {
  for (std::int64_t i = 0; i < n; ++i) y[i] = x[i] / root * weight[i];
}

}  // namespace

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  for (std::int64_t r = 0; r < rows; ++r) {
    const float root = std::sqrt(squares(x + r * cols, cols) / cols + eps);
    scaled(x + r * cols, weight, y + r * cols, cols, root);
  }
}

}  // namespace ops
