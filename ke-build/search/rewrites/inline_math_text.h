// SPDX-License-Identifier: MIT
// exp and tanh as text without calls and branches. Vectorised calls of libmvec save every vector register
// around themselves and are of one width; arithmetic in the loop itself has neither cost.
#pragma once

namespace ke {

// exp(x) = 2^k e^r. 2^k is multiplied in two parts that never leave the normal range, so that one rounding at
// the end gives subnormal and infinite results. k is rounded by adding 1.5 * 2^23 (2^52), whose low bits are
// k then; x - k ln 2 in two parts (Cody and Waite). Polynomials: for float by weighted least squares (largest
// relative error 0.06 * 2^-24), Taylor for double. Measured over the whole range, float against the function
// for double, double against __float128: at most 0.9 ulp, without FMA 1.2; tanh at most 2.4 ulp, 0.51
// beyond 3. NaN and Inf as from libm. Under -fassociative-math the compiler would fold such steps into each
// other, and GCC 12 forgets
// __builtin_assoc_barrier when it vectorises. Steps on the bits stand between them that change nothing:
// the exponent's bias is added to k as an integer, -0 becomes the number next to it, a sign that is plus is
// cleared. Limits on the bits, too: what a selection makes of a constant is worked out beforehand where signs
// of zeros do not matter (-ftree-pre), and the path that this makes keeps loops over lanes from becoming
// vectors.
inline constexpr const char* kInlineExpf = R"(
static inline __attribute__((always_inline)) float ke_expf(float x) {
  int at, beyond = -(x < -104.0f);
  __builtin_memcpy(&at, &x, sizeof at);
  at = (at & ~beyond) | (beyond & (int)0xc2d00000u);
  __builtin_memcpy(&x, &at, sizeof x);
  const float t = x * 1.44269504f + 12582912.0f;
  int bits, apart;
  float moved, scale;
  __builtin_memcpy(&bits, &t, sizeof bits);
  bits = bits > 0x4b400082 ? 0x4b400082 : bits;
  bits += 254;
  __builtin_memcpy(&moved, &bits, sizeof moved);
  const float k = moved - 12583166.0f;
  float r = x - k * 0.693359375f;
  __builtin_memcpy(&apart, &r, sizeof apart);
  apart = apart < -2147483647 ? -2147483647 : apart;
  __builtin_memcpy(&r, &apart, sizeof r);
  r = r + k * 2.1219444e-4f;
  float p = 0.00138141547f;
  p = p * r + 0.00836875465f;
  p = p * r + 0.0416683974f;
  p = p * r + 0.166665202f;
  p = p * r + 0.499999934f;
  p = p * r + 1.0f;
  p = p * r + 1.0f;
  const unsigned half = (unsigned)bits >> 1;
  unsigned sign = half << 23;
  __builtin_memcpy(&scale, &sign, sizeof scale);
  float part = p * scale;
  __builtin_memcpy(&sign, &part, sizeof sign);
  sign &= 0x7fffffffu;
  __builtin_memcpy(&part, &sign, sizeof part);
  sign = ((unsigned)bits - half) << 23;
  __builtin_memcpy(&scale, &sign, sizeof scale);
  return part * scale;
}
)";

inline constexpr const char* kInlineExp = R"(
static inline __attribute__((always_inline)) double ke_exp(double x) {
  const unsigned long long above = -(unsigned long long)(x > 710.0), below = -(unsigned long long)(x < -746.0);
  unsigned long long at;
  __builtin_memcpy(&at, &x, sizeof at);
  at = (at & ~(above | below)) | (above & 0x4086300000000000ull) | (below & 0xc087500000000000ull);
  __builtin_memcpy(&x, &at, sizeof x);
  const double t = x * 1.44269504088896340736 + 6755399441055744.0;
  unsigned long long bits, apart;
  double moved, scale;
  __builtin_memcpy(&bits, &t, sizeof bits);
  bits += 2046;
  __builtin_memcpy(&moved, &bits, sizeof moved);
  const double k = moved - 6755399441057790.0;
  double r = x - k * 0.69314718036912381649;
  __builtin_memcpy(&apart, &r, sizeof apart);
  apart ^= bits >> 63;
  __builtin_memcpy(&r, &apart, sizeof r);
  r = r - k * 1.90821492927058770002e-10;
  double p = 1.0 / 6227020800;
  p = p * r + 1.0 / 479001600;
  p = p * r + 1.0 / 39916800;
  p = p * r + 1.0 / 3628800;
  p = p * r + 1.0 / 362880;
  p = p * r + 1.0 / 40320;
  p = p * r + 1.0 / 5040;
  p = p * r + 1.0 / 720;
  p = p * r + 1.0 / 120;
  p = p * r + 1.0 / 24;
  p = p * r + 1.0 / 6;
  p = p * r + 0.5;
  p = p * r + 1.0;
  p = p * r + 1.0;
  const unsigned long long half = bits >> 1;
  unsigned long long sign = half << 52;
  __builtin_memcpy(&scale, &sign, sizeof scale);
  double part = p * scale;
  __builtin_memcpy(&sign, &part, sizeof sign);
  sign &= 0x7fffffffffffffffull;
  __builtin_memcpy(&part, &sign, sizeof part);
  sign = (bits - half) << 52;
  __builtin_memcpy(&scale, &sign, sizeof scale);
  return part * scale;
}
)";

// tanh(x) = (e^2x - 1) / (e^2x - 1 + 2) for |x|, with e^2x - 1 = 2^k (e^r - 1) + (2^k - 1): exact where x is
// small. Where it is near 1, as 1 - 2 / (e^2x + 1), which rounds once: what is left of 1 + tanh(-x), as in
// GELU, is all error otherwise.
inline constexpr const char* kInlineTanhf = R"(
static inline __attribute__((always_inline)) float ke_tanhf(float x) {
  float a = __builtin_fabsf(x);
  int at, beyond = -(a > 10.0f);
  __builtin_memcpy(&at, &a, sizeof at);
  at = (at & ~beyond) | (beyond & 0x41200000);
  __builtin_memcpy(&a, &at, sizeof a);
  const float t = a * 2.88539008f + 12582912.0f;
  unsigned bits;
  int apart;
  float moved, scale;
  __builtin_memcpy(&bits, &t, sizeof bits);
  bits += 127;
  __builtin_memcpy(&moved, &bits, sizeof moved);
  const float k = moved - 12583039.0f;
  float r = 2.0f * a - k * 0.693359375f;
  __builtin_memcpy(&apart, &r, sizeof apart);
  apart = apart < -2147483647 ? -2147483647 : apart;
  __builtin_memcpy(&r, &apart, sizeof r);
  r = r + k * 2.1219444e-4f;
  float p = 1.381454e-3f;
  p = p * r + 8.36874512e-3f;
  p = p * r + 4.16683908e-2f;
  p = p * r + 0.166665204f;
  p = p * r + 0.499999934f;
  p = p * (r * r) + r;
  unsigned sign = (unsigned)bits << 23;
  __builtin_memcpy(&scale, &sign, sizeof scale);
  float less = scale - 1.0f;
  __builtin_memcpy(&sign, &less, sizeof sign);
  sign &= 0x7fffffffu;
  __builtin_memcpy(&less, &sign, sizeof less);
  less = scale * p + less;
  const unsigned far = -(unsigned)(a > 1.0f);
  unsigned part;
  float over, start;
  __builtin_memcpy(&part, &less, sizeof part);
  part = (part & ~far) | (far & 0x40000000u);
  __builtin_memcpy(&over, &part, sizeof over);
  float q = over / (less + 2.0f);
  __builtin_memcpy(&part, &q, sizeof part);
  part |= far & 0x80000000u;
  __builtin_memcpy(&q, &part, sizeof q);
  part = far & 0x3f800000u;
  __builtin_memcpy(&start, &part, sizeof start);
  return __builtin_copysignf(start + q, x);
}
)";

inline constexpr const char* kInlineTanh = R"(
static inline __attribute__((always_inline)) double ke_tanh(double x) {
  double a = __builtin_fabs(x);
  const unsigned long long beyond = -(unsigned long long)(a > 20.0);
  unsigned long long at;
  __builtin_memcpy(&at, &a, sizeof at);
  at = (at & ~beyond) | (beyond & 0x4034000000000000ull);
  __builtin_memcpy(&a, &at, sizeof a);
  const double t = a * 2.88539008177792681472 + 6755399441055744.0;
  unsigned long long bits, apart;
  double moved, scale;
  __builtin_memcpy(&bits, &t, sizeof bits);
  bits += 1023;
  __builtin_memcpy(&moved, &bits, sizeof moved);
  const double k = moved - 6755399441056767.0;
  double r = 2.0 * a - k * 0.693145751953125;
  __builtin_memcpy(&apart, &r, sizeof apart);
  apart ^= bits >> 63;
  __builtin_memcpy(&r, &apart, sizeof r);
  r = r - k * 1.4286068203094172e-6;
  double p = 1.0 / 87178291200;
  p = p * r + 1.0 / 6227020800;
  p = p * r + 1.0 / 479001600;
  p = p * r + 1.0 / 39916800;
  p = p * r + 1.0 / 3628800;
  p = p * r + 1.0 / 362880;
  p = p * r + 1.0 / 40320;
  p = p * r + 1.0 / 5040;
  p = p * r + 1.0 / 720;
  p = p * r + 1.0 / 120;
  p = p * r + 1.0 / 24;
  p = p * r + 1.0 / 6;
  p = p * r + 0.5;
  p = p * (r * r) + r;
  unsigned long long sign = (unsigned long long)bits << 52;
  __builtin_memcpy(&scale, &sign, sizeof scale);
  double less = scale - 1.0;
  __builtin_memcpy(&sign, &less, sizeof sign);
  sign &= 0x7fffffffffffffffull;
  __builtin_memcpy(&less, &sign, sizeof less);
  less = scale * p + less;
  const unsigned long long far = -(unsigned long long)(a > 1.0);
  unsigned long long part;
  double over, start;
  __builtin_memcpy(&part, &less, sizeof part);
  part = (part & ~far) | (far & 0x4000000000000000ull);
  __builtin_memcpy(&over, &part, sizeof over);
  double q = over / (less + 2.0);
  __builtin_memcpy(&part, &q, sizeof part);
  part |= far & 0x8000000000000000ull;
  __builtin_memcpy(&q, &part, sizeof q);
  part = far & 0x3ff0000000000000ull;
  __builtin_memcpy(&start, &part, sizeof start);
  return __builtin_copysign(start + q, x);
}
)";

}  // namespace ke
