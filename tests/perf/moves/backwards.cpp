// SPDX-License-Identifier: MIT
// moves: count_loops multi_accumulator:16
// rows=64 n=4096
#include <cstddef>

// Norms of rows, from the end to the start.
void kernel(const float* x, float* y, long rows, long n) {
  for (long r = 0; r < rows; ++r) {
    const float* row = x + r * n;
    float sum = 0;
    for (long i = n - 1; i >= 0; --i) sum += row[i] * row[i];
    y[r] = sum;
  }
}
