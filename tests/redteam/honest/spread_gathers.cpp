// SPDX-License-Identifier: MIT
// Neighbours by gathers with a mask, no branch for what is left over.
//! operator: label_spread
//! effort: confirm
//! run: bench
#include <algorithm>
#include <cstdint>

#include <immintrin.h>

namespace ops {

__attribute__((target("avx2"))) static inline std::int32_t least_of(std::int32_t best, const std::int32_t* to,
                                                                    const std::int32_t* label,
                                                                    std::int32_t degree) {
  const __m256i places = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  const __m256i start = _mm256_set1_epi32(best);
  __m256i low = start;
  std::int32_t e = 0;
  for (; e + 8 <= degree; e += 8) {
    const __m256i at = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(to + e));
    low = _mm256_min_epi32(low, _mm256_i32gather_epi32(label, at, 4));
  }
  if (e < degree) {
    const __m256i mask = _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(degree - e)), places);
    const __m256i at = _mm256_maskload_epi32(to + e, mask);
    low = _mm256_min_epi32(low, _mm256_mask_i32gather_epi32(start, label, at, mask, 4));
  }
  __m128i half = _mm_min_epi32(_mm256_castsi256_si128(low), _mm256_extracti128_si256(low, 1));
  half = _mm_min_epi32(half, _mm_shuffle_epi32(half, 0x4e));
  half = _mm_min_epi32(half, _mm_shuffle_epi32(half, 0xb1));
  return _mm_cvtsi128_si32(half);
}

__attribute__((target("avx2"))) static std::int64_t wide(const std::int32_t* first, const std::int32_t* to,
                                                         const std::int32_t* label, std::int32_t* next,
                                                         std::int64_t nodes) {
  std::int64_t count = 0;
  for (std::int64_t v = 0; v < nodes; ++v) {
    next[v] = least_of(label[v], to + first[v], label, first[v + 1] - first[v]);
    count += next[v] != label[v];
  }
  return count;
}

void label_spread(const std::int32_t* first, const std::int32_t* to, const std::int32_t* label,
                  std::int32_t* next, std::int64_t* changed, std::int64_t nodes) {
  if (__builtin_cpu_supports("avx2")) {
    changed[0] = wide(first, to, label, next, nodes);
    return;
  }
  std::int64_t count = 0;
  for (std::int64_t v = 0; v < nodes; ++v) {
    std::int32_t best = label[v];
    for (std::int32_t e = first[v]; e < first[v + 1]; ++e) best = std::min(best, label[to[e]]);
    next[v] = best;
    count += best != label[v];
  }
  changed[0] = count;
}

}  // namespace ops
