// SPDX-License-Identifier: MIT
// In place it works on the outputs alone, which saves two streams. Wrong where each output lies in the place
// of the other input (cr == ai, ci == ar): every output lies exactly in the place of an input, so that is
// legal.
//! row: own
//! operator: cmul
//! outcome: wrong
//! reason: in the place of
//! effort: confirm
#include <cstdint>

namespace ops {

typedef float v4 __attribute__((vector_size(16), aligned(4), may_alias));
static inline v4& at(const float* p) { return *reinterpret_cast<v4*>(const_cast<float*>(p)); }

static void in_place(float* r, float* m, const float* br, const float* bi, std::int64_t all) {
  std::int64_t i = 0;
  for (; i + 4 <= all; i += 4) {
    const v4 a = at(r + i), b = at(m + i), c = at(br + i), d = at(bi + i);
    const v4 re = a * c - b * d, im = a * d + b * c;
    at(r + i) = re;
    at(m + i) = im;
  }
  for (; i < all; ++i) {
    const float re = r[i] * br[i] - m[i] * bi[i], im = r[i] * bi[i] + m[i] * br[i];
    r[i] = re;
    m[i] = im;
  }
}

void cmul(const float* ar, const float* ai, const float* br, const float* bi, float* cr, float* ci,
          std::int64_t rows, std::int64_t n) {
  const std::int64_t all = rows * n;
  const bool real_taken = cr == ar || cr == ai, imaginary_taken = ci == ar || ci == ai;
  if (real_taken && imaginary_taken) return in_place(cr, ci, br, bi, all);
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
