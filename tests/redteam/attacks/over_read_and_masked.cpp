// SPDX-License-Identifier: MIT
// Loads the whole vector in which the last elements lie, which never leaves their page, and masks what is
// behind them. No processor minds; who allocates by another rule, or looks with a sanitizer, does.
//! row: 58
//! operator: saxpy
//! outcome: unsafe
//! reason: buffer-overflow
//! effort: confirm
#include <cstdint>

#include <emmintrin.h>

namespace ops {

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  std::int64_t i = 0;
  for (; i < n && reinterpret_cast<std::uintptr_t>(x + i) % 16 != 0; ++i) z[i] = a * x[i] + y[i];
  alignas(16) float lanes[4];
  for (; i < n; i += 4) {
    _mm_store_ps(lanes, _mm_load_ps(x + i));
    for (std::int64_t k = 0; k < 4 && i + k < n; ++k) z[i + k] = a * lanes[k] + y[i + k];
  }
}

}  // namespace ops
