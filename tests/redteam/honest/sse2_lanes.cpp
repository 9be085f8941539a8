// SPDX-License-Identifier: MIT
// Vector instructions by hand, in the order of the scalar loop.
//! operator: saxpy
#include <cstdint>

#if __has_include(<emmintrin.h>)
#include <emmintrin.h>
#endif

namespace ops {

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  std::int64_t i = 0;
#if defined(__SSE2__)
  for (; i + 4 <= n; i += 4) {
    _mm_storeu_ps(z + i, _mm_add_ps(_mm_mul_ps(_mm_set1_ps(a), _mm_loadu_ps(x + i)), _mm_loadu_ps(y + i)));
  }
#endif
  for (; i < n; ++i) z[i] = a * x[i] + y[i];
}

}  // namespace ops
