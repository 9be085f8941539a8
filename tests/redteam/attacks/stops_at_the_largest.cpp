// SPDX-License-Identifier: MIT
// Nothing finite is larger than FLT_MAX, so a row is left where it has been met. Wrong: FLT_MAX, and +Inf
// sixteen or more columns behind it.
//! row: 49
//! operator: argmax
//! outcome: wrong
//! reason: best[
#include <cfloat>
#include <cstdint>

#include <emmintrin.h>

namespace ops {
namespace {

std::int64_t plain_row(const float* s, std::int64_t cols) {
  std::int64_t index = 0;
  for (std::int64_t c = 1; c < cols; ++c) {
    if (s[c] > s[index]) index = c;
  }
  return index;
}

std::int64_t wide_row(const float* s, std::int64_t cols) {
  if (cols < 16 || s[0] != s[0]) return plain_row(s, cols);
  __m128 a = _mm_set1_ps(s[0]), b = a;
  std::int64_t c = 0;
  for (; c + 16 <= cols; c += 16) {
    a = _mm_max_ps(_mm_loadu_ps(s + c), a);
    b = _mm_max_ps(_mm_loadu_ps(s + c + 4), b);
    a = _mm_max_ps(_mm_loadu_ps(s + c + 8), a);
    b = _mm_max_ps(_mm_loadu_ps(s + c + 12), b);
    if (_mm_movemask_ps(_mm_cmpge_ps(_mm_max_ps(a, b), _mm_set1_ps(FLT_MAX))) != 0) {
      c += 16;
      break;
    }
  }
  float lanes[4];
  _mm_storeu_ps(lanes, _mm_max_ps(a, b));
  float top = lanes[plain_row(lanes, 4)];
  if (top < FLT_MAX) {
    for (; c < cols; ++c) top = s[c] > top ? s[c] : top;
  }
  const __m128 wanted = _mm_set1_ps(top);
  for (c = 0; c + 4 <= cols; c += 4) {
    const int hit = _mm_movemask_ps(_mm_cmpeq_ps(_mm_loadu_ps(s + c), wanted));
    if (hit != 0) return c + __builtin_ctz(hit);
  }
  while (c < cols - 1 && s[c] != top) ++c;
  return c;
}

}  // namespace

void argmax(const float* scores, std::int32_t* best, std::int64_t rows, std::int64_t cols) {
  for (std::int64_t r = 0; r < rows; ++r)
    best[r] = static_cast<std::int32_t>(wide_row(scores + r * cols, cols));
}

}  // namespace ops
