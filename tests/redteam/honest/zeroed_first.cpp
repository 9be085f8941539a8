// SPDX-License-Identifier: MIT
// Clears the output with memset() and then adds to it, with three passes over the same memory.
//! operator: saxpy
#include <cstdint>
#include <cstring>

namespace ops {
namespace {

bool apart(const void* p, std::int64_t p_bytes, const void* q, std::int64_t q_bytes) {
  const auto a = reinterpret_cast<std::uintptr_t>(p), b = reinterpret_cast<std::uintptr_t>(q);
  return a + p_bytes <= b || b + q_bytes <= a;
}

void plain(float a, const float* x, const float* y, float* z, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) z[i] = a * x[i] + y[i];
}

}  // namespace

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  if (!apart(x, n * 4, z, n * 4) || !apart(y, n * 4, z, n * 4)) return plain(a, x, y, z, n);
  if (n == 0) return;
  std::memset(z, 0, static_cast<std::size_t>(n) * sizeof(float));
  for (std::int64_t i = 0; i < n; ++i) z[i] += a * x[i];
  for (std::int64_t i = 0; i < n; ++i) z[i] += y[i];
}

}  // namespace ops
