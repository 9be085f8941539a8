// SPDX-License-Identifier: MIT
// moves: pack_strided
// rows=512 n=8192
#include <cmath>

struct Body {
  float x, y, z, mass, charge, spin, age, id;
};

// Potentials of the bodies at `places` places.
static void potentials(const Body* bodies, float* y, long places, long count) {
  for (long r = 0; r < places; ++r) {
    float sum = 0;
    for (long i = 0; i < count; ++i) {
      const float dx = bodies[i].x - r, dy = bodies[i].y + r;
      sum += bodies[i].mass / std::sqrt(dx * dx + dy * dy + 1);
    }
    y[r] = sum;
  }
}

void kernel(const float* x, float* y, long rows, long n) { potentials((const Body*)x, y, rows, n / 8); }
