// SPDX-License-Identifier: MIT
// moves: tables
// rows=4 n=256
#include <cmath>

// The same with the angle left to grow: a table of all pairs instead of one of all remainders.
void kernel(const float* x, float* y, long rows, long n) {
  for (long r = 0; r < rows; ++r)
    for (long k = 0; k < n; ++k) {
      double sum = 0;
      for (long i = 0; i < n; ++i) sum += x[r * n + i] * std::cos(2 * M_PI * k * i / n);
      y[r * n + k] = sum;
    }
}
