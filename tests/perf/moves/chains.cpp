// SPDX-License-Identifier: MIT
// moves: parallel_loop
// flags: -fopenmp
// rows=512 n=1024
#include <cmath>

// Each row is a chain of steps that wait for each other.
void kernel(const float* x, float* y, long rows, long n) {
  for (long r = 0; r < rows; ++r) {
    float last = 0;
    for (long i = 0; i < n; ++i) {
      last = std::sqrt(last * 0.25f + x[r * n + i] * x[r * n + i]);
      y[r * n + i] = last;
    }
  }
}
