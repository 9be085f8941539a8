// SPDX-License-Identifier: MIT
// Pragmas for loops by macros, one spelling for each compiler, as portable libraries have them.
//! operator: rmsnorm
#include <cmath>
#include <cstdint>

#define TEXT_OF(x) #x
#define PRAGMA(x) _Pragma(TEXT_OF(x))
#if defined(__clang__)
#pragma clang fp contract(fast)
#define UNROLL(n) PRAGMA(clang loop unroll_count(n))
#define NO_CARRIED_DEPENDENCE PRAGMA(clang loop vectorize(assume_safety))
#elif defined(__GNUC__)
#define UNROLL(n) PRAGMA(GCC unroll n)
#define NO_CARRIED_DEPENDENCE PRAGMA(GCC ivdep)
#else
#define UNROLL(n)
#define NO_CARRIED_DEPENDENCE
#endif

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    UNROLL(8)
    for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    const float scale = 1 / std::sqrt(sum / cols + eps);
    NO_CARRIED_DEPENDENCE
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
