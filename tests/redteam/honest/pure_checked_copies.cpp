// SPDX-License-Identifier: MIT
// Copies of a length that only the call knows into arrays of a size that the compiler knows: where the
// repository is built with checks of both, the compiler would ask libc to compare them.
//! operator: pure_gemm
//! effort: confirm
#include <cstdint>
#include <cstring>

namespace ops {
namespace {

struct Panel {
  float values[1024];
  void fill(const float* from, std::int64_t count) {
    std::memcpy(values, from, static_cast<std::size_t>(count) * sizeof(float));
    std::memset(values + count, 0, sizeof values - static_cast<std::size_t>(count) * sizeof(float));
  }
  void move(std::int64_t count) {
    std::memmove(values + 512, values, static_cast<std::size_t>(count) * sizeof(float));
  }
};

}  // namespace

void gemm(const float* a, const float* b, float* c, float* scratch, std::int64_t n) {
  if (n * n > 512 * 512) {  // a bound that compilers do not see through
    for (std::int64_t i = 0; i < n * n; ++i) {
      float sum = 0;
      for (std::int64_t k = 0; k < n; ++k) sum += a[i / n * n + k] * b[k * n + i % n];
      c[i] = sum;
    }
    return;
  }
  Panel panel;
  for (std::int64_t j = 0; j < n; ++j) {
    for (std::int64_t k = 0; k < n; ++k) scratch[k] = b[k * n + j];
    panel.fill(scratch, n);
    panel.move(n);
    for (std::int64_t i = 0; i < n; ++i) {
      float sum = 0;
      for (std::int64_t k = 0; k < n; ++k) sum += a[i * n + k] * panel.values[512 + k];
      c[i * n + j] = sum;
    }
  }
}

}  // namespace ops
