// SPDX-License-Identifier: MIT
// moves: pack_strided
// rows=512 n=16384
#include <cmath>

struct Body {
  float x, y, z, mass, charge, spin, age, id;
};

// Potentials at `rows` places of the bodies that lie in x.
void kernel(const float* x, float* y, long rows, long n) {
  const Body* bodies = (const Body*)x;
  for (long r = 0; r < rows; ++r) {
    float sum = 0;
    for (long i = 0; i < n / 8; ++i) {
      const float dx = bodies[i].x - r, dy = bodies[i].y + r;
      sum += bodies[i].mass / std::sqrt(dx * dx + dy * dy + 1);
    }
    y[r] = sum;
  }
}
