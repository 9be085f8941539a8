// SPDX-License-Identifier: MIT
// Makes the compiler work without an end.
//! row: 71
//! operator: saxpy
//! outcome: build_failed
//! reason: instantiation
#include <cstdint>

template <int N>
struct Bomb {
  static void go() { Bomb<N - 1>::go(), Bomb<N - 2>::go(); }
};

namespace ops {

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  Bomb<100000>::go();
  for (std::int64_t i = 0; i < n; ++i) z[i] = a * x[i] + y[i];
}

}  // namespace ops
