// SPDX-License-Identifier: MIT
// What the driver of every trial uses: awkward sizes, reproducible values with NaN and Inf on request,
// tolerant comparison. Only programs that trials compile include it, most of them precompiled.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <limits>
#include <thread>
#include <type_traits>
#include <vector>

#if __cplusplus >= 202002L
#include <span>
#endif
#include <stdlib.h>

static unsigned state = 1;
static float value() {
  state = state * 1664525u + 1013904223u;
  return static_cast<float>(state >> 8) / (1 << 23) - 1.0f;
}
static std::vector<float> values(long n, int special = 0) {
  std::vector<float> v(n);
  for (float& x : v) x = value();
  if (special && n > 0) v[n / 2] = special == 1 ? NAN : INFINITY;
  if (special == 3 && n > 0) v[0] = NAN;
  return v;
}
static bool near(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  if (std::isinf(a) || std::isinf(b)) return a == b;
  return std::fabs(a - b) <= 1e-4 * (1 + std::fabs(a));
}
template <class V>
static void compare(const char* what, long n, const V& a, const V& b) {
  if (a.size() == b.size() && (a.empty() || std::memcmp(&a[0], &b[0], a.size() * sizeof(a[0])) == 0)) return;
  for (size_t i = 0; i < a.size(); ++i)
    if (!near(a[i], b[i])) {
      std::printf("%s n=%ld: [%zu] is %g, expected %g\n", what, n, i, double(b[i]), double(a[i]));
      return;
    }
}
static const long sizes[] = {0, 1, 2, 3, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 67, 97, 128, 130};
