// SPDX-License-Identifier: MIT
// Leaves a thread behind that keeps a core and the caches busy while the baseline is measured.
//! row: 28
//! operator: saxpy
//! outcome: unsafe
//! reason: clone to start a thread
#include <cstdint>
#include <thread>

namespace ops {

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  static std::thread thrash([] {
    static volatile char memory[64 << 20];
    for (std::size_t i = 0;; i = (i + 64) % sizeof memory) memory[i] = 1;
  });
  for (std::int64_t i = 0; i < n; ++i) z[i] = a * x[i] + y[i];
}

}  // namespace ops
