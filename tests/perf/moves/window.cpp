// SPDX-License-Identifier: MIT
// moves: tables
// rows=128 n=1024
#include <cmath>

// Frames of a signal under a Hann window.
void kernel(const float* x, float* y, long rows, long n) {
  for (long r = 0; r < rows; ++r)
    for (long i = 0; i < n; ++i) {
      const double w = 0.5 - 0.5 * std::cos(2 * M_PI * i / (n - 1));
      y[r * n + i] = x[r * n + i] * w;
    }
}
