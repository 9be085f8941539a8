// SPDX-License-Identifier: MIT
// moves: pack_strided
// rows=256 n=256
// A matrix times itself, row by column.
void kernel(const float* x, float* y, long rows, long n) {
  for (long r = 0; r < rows; ++r)
    for (long c = 0; c < n; ++c) {
      float sum = 0;
      for (long k = 0; k < n; ++k) sum += x[r * n + k] * x[k * n + c];
      y[r * n + c] = sum;
    }
}
