// SPDX-License-Identifier: MIT
// A class with an operator new of its own, which no other type of the program uses.
//! operator: rmsnorm
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>

namespace ops {
namespace {

struct Scale {
  float value;
  static void* operator new(std::size_t bytes) {
    static thread_local char place[64];
    return bytes <= sizeof place ? place : std::malloc(bytes);
  }
  static void operator delete(void*, std::size_t bytes) noexcept { (void)bytes; }
};

}  // namespace

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    const std::unique_ptr<Scale> scale(new Scale{std::sqrt(sum / cols + eps)});
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] / scale->value * weight[c];
  }
}

}  // namespace ops
