// SPDX-License-Identifier: MIT
// moves: count_loops multi_accumulator:16
// rows=64 n=4096
// Norms of rows, with a loop that tests behind its body.
void kernel(const float* x, float* y, long rows, long n) {
  if (n <= 0) return;
  for (long r = 0; r < rows; ++r) {
    float sum = 0;
    long i = 0;
    do {
      sum += x[r * n + i] * x[r * n + i];
      ++i;
    } while (i < n);
    y[r] = sum;
  }
}
