// SPDX-License-Identifier: MIT
// C in a C++ file: an extern "C" helper that others may call, malloc(), and one way out by goto.
//! operator: rmsnorm
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define min(a, b) MIN(a, b)
#define restrict __restrict__

extern "C" float rms_row_sum(const float* restrict row, long n) {
  float sum = 0.0f;
  long i;
  for (i = 0; i < n; i++) sum += row[i] * row[i];
  return sum;
}

static inline int scale_rows(const float* x, const float* w, float* y, int64_t rows, int64_t cols,
                             float eps) {
  int rc = -1;
  int64_t r, begin, c;
  float *sums = (float*)malloc(sizeof(*sums) * (size_t)rows), *tile = NULL;
  if (sums == NULL) goto out;
  tile = (float*)calloc(64, sizeof(float));
  if (tile == NULL) goto out;
  for (r = 0; r < rows; r++) sums[r] = sqrtf(rms_row_sum(x + r * cols, (long)cols) / cols + eps);
  for (r = 0; r < rows; r++) {
    for (begin = 0; begin < cols; begin += 64) {
      const int64_t count = min(64, cols - begin);
      memcpy(tile, x + r * cols + begin, (size_t)count * sizeof(float));
      for (c = 0; c < count; c++) y[r * cols + begin + c] = tile[c] / sums[r] * w[begin + c];
    }
  }
  rc = 0;
out:
  free(tile);
  free(sums);
  return rc;
}

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, int64_t rows, int64_t cols, float eps) {
  if (rows <= 0 || cols <= 0) return;
  if (scale_rows(x, weight, y, rows, cols, eps) != 0) abort();
}

}  // namespace ops
