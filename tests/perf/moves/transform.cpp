// SPDX-License-Identifier: MIT
// moves: tables
// rows=4 n=256
#include <cmath>

// The real part of a discrete Fourier transform of each row, by its definition.
void kernel(const float* x, float* y, long rows, long n) {
  for (long r = 0; r < rows; ++r)
    for (long k = 0; k < n; ++k) {
      double sum = 0;
      for (long i = 0; i < n; ++i) {
        const double angle = 2 * M_PI * ((k * i) % n) / n;
        sum += x[r * n + i] * std::cos(angle);
      }
      y[r * n + k] = sum;
    }
}
