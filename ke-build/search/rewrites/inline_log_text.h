// SPDX-License-Identifier: MIT
// log as text without calls and branches, see inline_math_text.h.
#pragma once

namespace ke {

// x = 2^k (1 + f), with 1 + f around 1, so that near x = 1 nothing is lost: k is 0 and f is exact there.
// float: log(1 + f) = f - f^2 / 2 + f^3 P(f) for f of -1/3 to 1/3. double: with s = f / (2 + f), 2 atanh(s) =
// 2 s + s^3 Q(s^2) for 1 + f of sqrt(1/2) to sqrt(2), and f - f^2 / 2 + s (f^2 / 2 + R) for 2 s + s R, since
// f is exact. Own coefficients (weighted least squares on Chebyshev nodes, the weights moved until the
// largest relative error was least: 0.08 * 2^-24 and 0.02 * 2^-53). Measured, every float against the
// function for double and 10^8 doubles against __float128: with FMA at most 0.96 and 0.84 ulp; with reordered
// sums and without FMA 2 and 2.4.
// Numbers below the normal ones are scaled first; zero, infinity, NaN and what is negative give what libm
// gives, by masks. A step on the bits that changes nothing keeps sums that the compiler may reorder from
// taking f apart again: the sign of a positive number's bits.
inline constexpr const char* kInlineLogf = R"(
static inline __attribute__((always_inline)) float ke_logf(float x) {
  unsigned given, at;
  float f = x * 8388608.0f;
  __builtin_memcpy(&given, &x, sizeof given);
  __builtin_memcpy(&at, &f, sizeof at);
  const unsigned below = -(unsigned)(x < 1.17549435e-38f);
  at = ((at & below) | (given & ~below)) + 0x555555u;
  const float k = (float)((int)(at >> 23) - (int)(below & 23u) - 127);
  unsigned bits = (at & 0x7fffffu) + 0x3f2aaaabu;
  __builtin_memcpy(&f, &bits, sizeof f);
  f = f - 1.0f;
  __builtin_memcpy(&bits, &f, sizeof bits);
  bits ^= at >> 31;
  __builtin_memcpy(&f, &bits, sizeof f);
  float p = -0.128648441f;
  p = p * f + 0.139907576f;
  p = p * f - 0.121907144f;
  p = p * f + 0.140043889f;
  p = p * f - 0.166799946f;
  p = p * f + 0.200105149f;
  p = p * f - 0.249998094f;
  p = p * f + 0.333332135f;
  p = p * f - 0.5f;
  p = p * (f * f) + f;
  p = k * 0.693147182f + p;
  __builtin_memcpy(&bits, &p, sizeof bits);
  const unsigned number = -(unsigned)(given - 1u < 0x7f7fffffu), nothing = -(unsigned)(given << 1 == 0u);
  const unsigned negative = -(given >> 31) & ~nothing;
  bits = (bits & number) | (~number & (given | (negative & 0x7fc00000u) | (nothing & 0xff800000u)));
  __builtin_memcpy(&p, &bits, sizeof p);
  return p;
}
)";

inline constexpr const char* kInlineLog = R"(
static inline __attribute__((always_inline)) double ke_log(double x) {
  unsigned long long given, at, bits;
  double f = x * 18014398509481984.0, k;
  __builtin_memcpy(&given, &x, sizeof given);
  __builtin_memcpy(&at, &f, sizeof at);
  const unsigned long long below = -(unsigned long long)(x < 2.2250738585072014e-308);
  at = ((at & below) | (given & ~below)) + 0x95f619980c433ull;
  bits = (at >> 52) | 0x4330000000000000ull;
  __builtin_memcpy(&k, &bits, sizeof k);
  bits = below & 0x404b000000000000ull;
  __builtin_memcpy(&f, &bits, sizeof f);
  k = k - 4503599627371519.0 - f;
  bits = (at & 0xfffffffffffffull) + 0x3fe6a09e667f3bcdull;
  __builtin_memcpy(&f, &bits, sizeof f);
  f = f - 1.0;
  __builtin_memcpy(&bits, &f, sizeof bits);
  bits ^= at >> 63;
  __builtin_memcpy(&f, &bits, sizeof f);
  const double s = f / (f + 2.0), z = s * s, half = f * f * 0.5;
  double r = 0.14795634181131773;
  r = r * z + 0.15314083599807645;
  r = r * z + 0.18183562977035635;
  r = r * z + 0.22222198600203625;
  r = r * z + 0.28571428742115725;
  r = r * z + 0.39999999999415923;
  r = r * z + 0.66666666666667342;
  r = r * z + half;
  r = k * 6.93147180369123816490e-01 + (f - (half - (s * r + k * 1.90821492927058770002e-10)));
  __builtin_memcpy(&bits, &r, sizeof bits);
  const unsigned long long number = -(unsigned long long)(given - 1u < 0x7fefffffffffffffull),
                           nothing = -(unsigned long long)(given << 1 == 0u);
  const unsigned long long negative = -(given >> 63) & ~nothing;
  bits = (bits & number) |
         (~number & (given | (negative & 0x7ff8000000000000ull) | (nothing & 0xfff0000000000000ull)));
  __builtin_memcpy(&r, &bits, sizeof r);
  return r;
}
)";

}  // namespace ke
