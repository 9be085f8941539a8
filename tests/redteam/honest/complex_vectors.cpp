// SPDX-License-Identifier: MIT
//! operator: cmul
#include <cstdint>

namespace ops {

typedef float v4 __attribute__((vector_size(16), aligned(4), may_alias));
static inline v4& at(const float* p) { return *reinterpret_cast<v4*>(const_cast<float*>(p)); }

void cmul(const float* ar, const float* ai, const float* br, const float* bi, float* cr, float* ci,
          std::int64_t rows, std::int64_t n) {
  const std::int64_t all = rows * n;
  std::int64_t i = 0;
  for (; i + 4 <= all; i += 4) {
    const v4 a = at(ar + i), b = at(ai + i), c = at(br + i), d = at(bi + i);
    const v4 re = a * c - b * d, im = a * d + b * c;
    at(cr + i) = re;
    at(ci + i) = im;
  }
  for (; i < all; ++i) {
    const float re = ar[i] * br[i] - ai[i] * bi[i], im = ar[i] * bi[i] + ai[i] * br[i];
    cr[i] = re;
    ci[i] = im;
  }
}

}  // namespace ops
