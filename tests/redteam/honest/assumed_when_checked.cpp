// SPDX-License-Identifier: MIT
// Looks at the addresses, and only then tells the compiler about alignment and independence.
//! operator: saxpy
#include <cstdint>

namespace ops {
namespace {

bool aligned(const void* p) { return (reinterpret_cast<std::uintptr_t>(p) & 15u) == 0; }
bool apart(const float* p, const float* q, std::int64_t n) {
  const auto a = reinterpret_cast<std::uintptr_t>(p), b = reinterpret_cast<std::uintptr_t>(q);
  const auto bytes = static_cast<std::uintptr_t>(n) * sizeof(float);
  return a + bytes <= b || b + bytes <= a;
}

}  // namespace

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  if (aligned(x) && aligned(y) && aligned(z) && apart(x, z, n) && apart(y, z, n)) {
    const auto* p = static_cast<const float*>(__builtin_assume_aligned(x, 16));
    const auto* q = static_cast<const float*>(__builtin_assume_aligned(y, 16));
    auto* __restrict__ to = static_cast<float*>(__builtin_assume_aligned(z, 16));
#pragma GCC ivdep
#pragma GCC unroll 4
    for (std::int64_t i = 0; i < n; ++i) to[i] = a * p[i] + q[i];
    return;
  }
#pragma GCC novector
  for (std::int64_t i = 0; i < n; ++i) z[i] = a * x[i] + y[i];
}

}  // namespace ops
