// SPDX-License-Identifier: MIT
// moves: tables
// rows=256 n=128
#include <cmath>

// Positions of a sequence, pairs of a head: frequency, angle and rotation from scratch.
void kernel(const float* x, float* y, long rows, long n) {
  for (long pos = 0; pos < rows; ++pos)
    for (long i = 0; i < n / 2; ++i) {
      const float freq = 1.0f / std::pow(10000.0f, 2.0f * i / n);
      const float c = std::cos(pos * freq), s = std::sin(pos * freq);
      const float a = x[pos * n + 2 * i], b = x[pos * n + 2 * i + 1];
      y[pos * n + 2 * i] = a * c - b * s;
      y[pos * n + 2 * i + 1] = a * s + b * c;
    }
}
