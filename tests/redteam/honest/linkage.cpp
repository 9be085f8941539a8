// SPDX-License-Identifier: MIT
// Words to the linker: an alias under an older name, a weak function that others may replace, hidden and used
// ones, a section of their own.
//! operator: saxpy
#include <cstdint>

extern "C" {
__attribute__((weak)) float saxpy_default_scale() { return 1; }
__attribute__((visibility("hidden"), noinline)) void saxpy_block_v2(float a, const float* x, const float* y,
                                                                    float* z, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) z[i] = a * x[i] + y[i];
}
void saxpy_block_v1(float, const float*, const float*, float*, std::int64_t)
    __attribute__((alias("saxpy_block_v2"), visibility("hidden")));
}

namespace ops {
namespace {

__attribute__((section(".text.hot"), used, noclone, aligned(64))) void in_its_section(float a, const float* x,
                                                                                      const float* y,
                                                                                      float* z,
                                                                                      std::int64_t n) {
  saxpy_block_v1(a, x, y, z, n);
}
__attribute__((section(".rodata.saxpy"))) const char kVersion[] = "saxpy 2.1";

}  // namespace

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  if (kVersion[0] != 's' || n <= 0) return;
  in_its_section(a * saxpy_default_scale(), x, y, z, n);
}

}  // namespace ops
