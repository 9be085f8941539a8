// SPDX-License-Identifier: MIT
// Conversions by F16C behind the question.
//! operator: masked_softmax
//! effort: confirm
//! run: bench
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include <immintrin.h>

namespace ops {
namespace {

__attribute__((target("avx,f16c"))) void widen(const _Float16* from, float* to, std::int64_t n) {
  std::int64_t i = 0;
  for (; i + 8 <= n; i += 8)
    _mm256_storeu_ps(to + i, _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from + i))));
  for (; i < n; ++i) to[i] = from[i];
}
__attribute__((target("avx,f16c"))) void shorten(const float* from, _Float16* to, std::int64_t n) {
  std::int64_t i = 0;
  for (; i + 8 <= n; i += 8)
    _mm_storeu_si128(
        reinterpret_cast<__m128i*>(to + i),
        _mm256_cvtps_ph(_mm256_loadu_ps(from + i), _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
  for (; i < n; ++i) to[i] = static_cast<_Float16>(from[i]);
}

}  // namespace

void masked_softmax(const _Float16* x, const bool* mask, _Float16* y, std::int64_t rows, std::int64_t cols) {
  const bool quick = __builtin_cpu_supports("avx") && __builtin_cpu_supports("f16c");
  std::vector<float> row(cols);
  for (std::int64_t r = 0; r < rows; ++r, mask += cols) {
    if (quick) {
      widen(x + r * cols, row.data(), cols);
    } else {
      std::copy_n(x + r * cols, cols, row.data());
    }
    float most = -std::numeric_limits<float>::infinity(), sum = 0;
    for (std::int64_t c = 0; c < cols; ++c)
      if (mask[c]) most = std::max(most, row[c]);
    for (std::int64_t c = 0; c < cols; ++c) {
      row[c] = mask[c] ? std::exp(row[c] - most) : 0.0f;
      sum += row[c];
    }
    for (std::int64_t c = 0; c < cols; ++c) row[c] = mask[c] ? row[c] / sum : 0.0f;
    if (quick) {
      shorten(row.data(), y + r * cols, cols);
    } else {
      for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = static_cast<_Float16>(row[c]);
    }
  }
}

}  // namespace ops
