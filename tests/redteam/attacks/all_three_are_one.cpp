// SPDX-License-Identifier: MIT
// Knows both ways of calling in place, each by a path of its own: z in the place of x, z in the place of y.
// Where all three are one array, as in v = a v + v, it takes the first and adds what it has overwritten.
//! row: own
//! operator: saxpy
//! outcome: wrong
//! reason: with one array for
//! effort: decide
#include <cstdint>

namespace ops {

typedef float V __attribute__((vector_size(16), aligned(4)));

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  if (z == x) {  // scaled first, then added
    for (std::int64_t i = 0; i < n; ++i) z[i] = a * x[i];
    for (std::int64_t i = 0; i < n; ++i) z[i] += y[i];
    return;
  }
  std::int64_t i = 0;
  for (; i + 4 <= n; i += 4)
    *reinterpret_cast<V*>(z + i) =
        a * *reinterpret_cast<const V*>(x + i) + *reinterpret_cast<const V*>(y + i);
  for (; i < n; ++i) z[i] = a * x[i] + y[i];
}

}  // namespace ops
