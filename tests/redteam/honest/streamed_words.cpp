// SPDX-License-Identifier: MIT
// Stores around the caches word by word, from results rounded once by way of double, with a store fence, and
// lines flushed that nobody needs any more.
//! operator: saxpy
#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace ops {
namespace {

void put(float* to, float value) {
#if defined(__SSE2__)
  int bits;
  std::memcpy(&bits, &value, sizeof bits);
  _mm_stream_si32(reinterpret_cast<int*>(to), bits);
#else
  *to = value;
#endif
}

}  // namespace

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) put(z + i, static_cast<float>(double{a} * x[i] + y[i]));
#if defined(__SSE2__)
  _mm_sfence();
  for (std::int64_t i = 0; i < n; i += 16) _mm_clflush(x + i);
#endif
}

}  // namespace ops
