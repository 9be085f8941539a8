// SPDX-License-Identifier: MIT
// Asks the compiler whether it has clones and the questions to the processor before it uses either.
//! operator: rmsnorm
//! run: bench
//! effort: confirm
#include <cmath>
#include <cstdint>

#if !defined(__has_attribute)
#define __has_attribute(x) 0
#endif
#if !defined(__has_builtin)
#define __has_builtin(x) 0
#endif
#if defined(__x86_64__) && __has_attribute(target_clones) && __has_cpp_attribute(gnu::target_clones)
#define CLONES __attribute__((target_clones("arch=x86-64-v3", "default")))
#else
#define CLONES
#endif
#if defined(__x86_64__) && __has_builtin(__builtin_cpu_supports)
#define WIDE_LOADS (__builtin_cpu_supports("avx2") != 0)
#else
#define WIDE_LOADS false
#endif

namespace ops {
namespace {

CLONES float sum_of_squares(const float* x, std::int64_t n, bool wide) {
  const std::int64_t lanes = wide ? 32 : 8;
  float sums[32] = {};
  std::int64_t i = 0;
  for (; i + lanes <= n; i += lanes)
    for (int k = 0; k < lanes; ++k) sums[k] += x[i + k] * x[i + k];
  for (; i < n; ++i) sums[0] += x[i] * x[i];
  float sum = 0;
  for (const float part : sums) sum += part;
  return sum;
}

}  // namespace

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  const bool wide = WIDE_LOADS;
  for (std::int64_t r = 0; r < rows; ++r) {
    const float scale = 1 / std::sqrt(sum_of_squares(x + r * cols, cols, wide) / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
