// SPDX-License-Identifier: MIT
// C that is no C++: restrict and static in parameters, designated initialisers, compound literals, _Generic,
// flexible arrays, arrays of variable length, types named like nothing in C++, a definition in the old style.
//! operator: stencil
#include <assert.h>
#include <complex.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <tgmath.h>

_Static_assert(sizeof(float) == 4, "single precision");

typedef struct {
  size_t count;
  float values[];
} class;
enum { kLeft, kMiddle, kRight, kTaps };
static const float taps[kTaps] = {[kMiddle] = 0.5f, [kLeft] = 0.25f, [kRight] = 0.25f};

#define SUM(v) _Generic((v), float : sum_of_floats, double : sum_of_doubles)(v)
static inline float sum_of_floats(float v) { return v; }
static inline float sum_of_doubles(double v) { return (float)v; }

static float weighted(left, middle, right)
float left, middle, right;
{ return SUM(taps[kLeft] * left + taps[kMiddle] * middle + taps[kRight] * right); }

static void inner(const float new[restrict static 3], float* restrict delete, int64_t n) {
  for (int64_t i = 1; i < n - 1; ++i) delete[i - 1] = weighted(new[i - 1], new[i], new[i + 1]);
}

void stencil(const float* x, float* y, int64_t n) {
  if (n <= 0) return;
  class* edge = malloc(sizeof *edge + 8 * sizeof(float));
  if (edge == NULL) abort();
  *edge = (class){.count = 8};
  memcpy(edge->values, (float[]){x[0], x[0], x[n > 1 ? 1 : 0]}, 3 * sizeof(float));
  inner(edge->values, y, 3);
  const bool more = n > 1;
  if (more) {
    alignas(16) float last[(int)n < 3 ? 3 : 4];
    last[0] = x[n - 2];
    last[1] = last[2] = x[n - 1];
    inner(last, y + n - 1, 3);
  }
  if (n > 2) inner(x, y + 1, n);
  assert(fabs(crealf((float complex)taps[kMiddle])) < 1);
  free(edge);
}
