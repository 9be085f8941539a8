// SPDX-License-Identifier: MIT
// GNU C: statement expressions, typeof, ranges of cases, nested functions, labels as values, vectors and
// their shuffles, omitted operands, empty structures, cleanup.
//! operator: stencil
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define MAX(a, b)           \
  ({                        \
    __typeof__(a) _a = (a); \
    __typeof__(b) _b = (b); \
    _a > _b ? _a : _b;      \
  })
#define MIN(a, b)         \
  ({                      \
    __auto_type _p = (a); \
    __auto_type _q = (b); \
    _p < _q ? _p : _q;    \
  })

typedef float v4 __attribute__((vector_size(16), aligned(4), may_alias));
typedef int m4 __attribute__((vector_size(16)));
struct nothing {};

static void release(char** p) { free(*p); }

void stencil(const float* x, float* y, int64_t n) {
  static void* const ways[] = {&&none, &&some};
  struct nothing unused[0];
  __attribute__((cleanup(release))) char* text = strdup("taps");
  float at(int64_t i) { return x[MIN(MAX(i, (int64_t)0), n - 1)]; }
  float value(int64_t i) { return 0.25f * at(i - 1) + 0.5f * at(i) + 0.25f * at(i + 1); }
  (void)unused;
  goto* ways[n > 0];
some:
  y[0] = value(0);
  int64_t i = 1;
  for (; i + 8 <= n; i += 4) {
    const v4 left = *(const v4*)(x + i - 1), next = *(const v4*)(x + i + 3);
    const v4 middle = __builtin_shuffle(left, next, (m4){1, 2, 3, 4});
    const v4 right = __builtin_shuffle(left, next, (m4){2, 3, 4, 5});
    *(v4*)(y + i) = 0.25f * left + 0.5f * middle + 0.25f * right;
  }
  for (; i < n; ++i) y[i] = value(i);
  switch (text ? text[0] : 't') {
    case 'a' ... 's':
      y[0] = 0;
      break;
    default:
      break;
  }
none:;
}
