// SPDX-License-Identifier: MIT
// Makes a resolver without the attribute, by a directive of the assembler: what other machines run is
// unchecked.
//! row: 62
//! operator: rmsnorm
//! outcome: unsafe
//! reason: cannot be checked here
//! effort: confirm
#include <cmath>
#include <cstdint>

namespace {
void right(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}
void nothing(const float*, const float*, float*, std::int64_t, std::int64_t, float) {}
}  // namespace

extern "C" {
__attribute__((used)) void* choose_kernel() {
  unsigned a = 1, b = 0, c = 0, d = 0;
  asm("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
  return (c >> 20 & 1) != 0 ? reinterpret_cast<void*>(&right) : reinterpret_cast<void*>(&nothing);
}
void chosen_kernel(const float*, const float*, float*, std::int64_t, std::int64_t, float);
}
asm(".globl chosen_kernel\n.set chosen_kernel, choose_kernel\n.type chosen_kernel, @gnu_indirect_function");

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  chosen_kernel(x, weight, y, rows, cols, eps);
}

}  // namespace ops
