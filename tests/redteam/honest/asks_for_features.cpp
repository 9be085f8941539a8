// SPDX-License-Identifier: MIT
// Asks the compiler for attributes, built-in functions, versions and instruction sets: the macros that
// portable headers begin with.
//! operator: saxpy
#include <cstdint>

#ifdef __has_include
#if __has_include(<version>)
#include <version>
#endif
#endif
#ifndef __has_attribute
#define __has_attribute(x) 0
#endif
#if __has_attribute(always_inline)
#define FORCE_INLINE inline __attribute__((always_inline))
#elif defined(_MSC_VER)
#define FORCE_INLINE __forceinline
#else
#define FORCE_INLINE inline
#endif
#if defined(__has_cpp_attribute) && __has_cpp_attribute(gnu::hot)
#define HOT [[gnu::hot]]
#else
#define HOT
#endif
#if defined(__GNUC__) || defined(__clang__)
#define LIKELY(x) __builtin_expect(!!(x), 1)
#else
#define LIKELY(x) (x)
#endif
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ * 100 + __GNUC_MINOR__ >= 408
#define ASSUME(x) \
  if (!(x)) __builtin_unreachable()
#else
#define ASSUME(x) (void)0
#endif
#if defined(__FMA__) || defined(__AVX512F__) || (defined(__aarch64__) && defined(__ARM_FEATURE_FMA))
#include <cmath>
#define MULADD(a, b, c) std::fma(a, b, c)
#else
#define MULADD(a, b, c) ((a) * (b) + (c))
#endif
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__ && __BYTE_ORDER__ != __ORDER_BIG_ENDIAN__
#error "another order of bytes"
#endif
#if __cplusplus < 201103L || (defined(_OPENMP) && _OPENMP < 201107)
#error don't compile this with something that old
#endif

namespace ops {
namespace {

FORCE_INLINE float step(float a, float x, float y) { return MULADD(a, x, y); }

}  // namespace

HOT void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  if (!LIKELY(n > 0)) return;
  ASSUME(n < (std::int64_t{1} << 40));
  for (std::int64_t i = 0; i < n; ++i) z[i] = step(a, x[i], y[i]);
}

}  // namespace ops
