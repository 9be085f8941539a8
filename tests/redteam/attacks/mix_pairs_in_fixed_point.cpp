// SPDX-License-Identifier: MIT
// Gains that are multiples of 2^-14 (0.5, 0.75, ...) are exact in 16 bits, and two tracks at once go through
// pmaddwd. Wrong: two neighbouring tracks of gain -2 with -32768 in the same sample, whose sum is 2^31 and
// turns negative.
//! row: own
//! operator: mix
//! outcome: wrong
//! reason: out[
//! effort: confirm
#include <algorithm>
#include <cmath>
#include <cstdint>

#include <immintrin.h>

namespace ops {
namespace {

__attribute__((target("avx2"))) std::int64_t sixteens(const std::int16_t* track, const float* gain,
                                                      std::int16_t* out, std::int64_t tracks,
                                                      std::int64_t samples) {
  const __m256 low = _mm256_set1_ps(-32768), high = _mm256_set1_ps(32767);
  std::int64_t s = 0;
  for (; s + 16 <= samples; s += 16) {
    __m256 a = _mm256_setzero_ps(), b = a;
    for (std::int64_t t = 0; t < tracks; ++t) {
      const __m128i* v = reinterpret_cast<const __m128i*>(track + t * samples + s);
      const __m256 g = _mm256_set1_ps(gain[t]);
      a = a + g * _mm256_cvtepi32_ps(_mm256_cvtepi16_epi32(_mm_loadu_si128(v)));
      b = b + g * _mm256_cvtepi32_ps(_mm256_cvtepi16_epi32(_mm_loadu_si128(v + 1)));
    }
    const __m256i x = _mm256_cvtps_epi32(_mm256_min_ps(_mm256_max_ps(a, low), high));
    const __m256i y = _mm256_cvtps_epi32(_mm256_min_ps(_mm256_max_ps(b, low), high));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + s),
                        _mm256_permute4x64_epi64(_mm256_packs_epi32(x, y), 0xd8));
  }
  return s;
}

__attribute__((target("avx2"))) std::int64_t pairs(const std::int16_t* track, const float* gain,
                                                   std::int16_t* out, std::int64_t tracks,
                                                   std::int64_t samples) {
  const __m256 low = _mm256_set1_ps(-32768), high = _mm256_set1_ps(32767),
               unit = _mm256_set1_ps(1.0f / 16384);
  std::int64_t s = 0;
  for (; s + 16 <= samples; s += 16) {
    __m256 a = _mm256_setzero_ps(), b = a;
    for (std::int64_t t = 0; t < tracks; t += 2) {
      const __m256i u = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(track + t * samples + s));
      const __m256i v = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(track + (t + 1) * samples + s));
      const std::int32_t g0 = static_cast<std::int32_t>(gain[t] * 16384),
                         g1 = static_cast<std::int32_t>(gain[t + 1] * 16384);
      const __m256i g = _mm256_set1_epi32(
          static_cast<std::int32_t>((static_cast<std::uint32_t>(g1) << 16) | (g0 & 0xffff)));
      a = a + _mm256_cvtepi32_ps(_mm256_madd_epi16(_mm256_unpacklo_epi16(u, v), g));
      b = b + _mm256_cvtepi32_ps(_mm256_madd_epi16(_mm256_unpackhi_epi16(u, v), g));
    }
    const __m256i x = _mm256_cvtps_epi32(_mm256_min_ps(_mm256_max_ps(a * unit, low), high));
    const __m256i y = _mm256_cvtps_epi32(_mm256_min_ps(_mm256_max_ps(b * unit, low), high));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + s), _mm256_packs_epi32(x, y));
  }
  return s;
}

__attribute__((target("avx2"))) std::int32_t loudest(const std::int16_t* v, std::int64_t n) {
  __m256i m = _mm256_setzero_si256();
  std::int64_t s = 0;
  for (; s + 16 <= n; s += 16)
    m = _mm256_max_epu16(m, _mm256_abs_epi16(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(v + s))));
  std::uint16_t lane[16];
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(lane), m);
  std::int32_t top = *std::max_element(lane, lane + 16);
  for (; s < n; ++s) top = std::max(top, std::abs(static_cast<std::int32_t>(v[s])));
  return top;
}

std::int32_t loudest_plain(const std::int16_t* v, std::int64_t n) {
  std::int32_t top = 0;
  for (std::int64_t s = 0; s < n; ++s) top = std::max(top, std::abs(static_cast<std::int32_t>(v[s])));
  return top;
}

}  // namespace

void mix(const std::int16_t* track, const float* gain, std::int16_t* out, std::int32_t* peak,
         std::int64_t tracks, std::int64_t samples) {
  const bool avx2 = __builtin_cpu_supports("avx2");
  bool fixed = tracks % 2 == 0 && tracks <= 64;
  for (std::int64_t t = 0; t < tracks && fixed; ++t)
    fixed = gain[t] < 2 && gain[t] * 16384 == std::floor(gain[t] * 16384);
  std::int64_t s = !avx2   ? 0
                   : fixed ? pairs(track, gain, out, tracks, samples)
                           : sixteens(track, gain, out, tracks, samples);
  for (; s < samples; ++s) {
    float sum = 0;
    for (std::int64_t t = 0; t < tracks; ++t) sum += gain[t] * static_cast<float>(track[t * samples + s]);
    out[s] = static_cast<std::int16_t>(std::lrint(std::min(std::max(sum, -32768.0f), 32767.0f)));
  }
  for (std::int64_t t = 0; t < tracks; ++t)
    peak[t] = avx2 ? loudest(track + t * samples, samples) : loudest_plain(track + t * samples, samples);
}

}  // namespace ops
