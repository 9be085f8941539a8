// SPDX-License-Identifier: MIT
// A raw pointer for each thread, which nobody frees: a server that starts threads for its requests loses a
// buffer with each of them.
//! row: own
//! operator: rmsnorm
//! outcome: unsafe
//! reason: keeps memory of every thread
//! effort: confirm
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <new>

namespace ops {
namespace {

float* scratch(std::size_t count) {
  static thread_local float* memory = nullptr;
  static thread_local std::size_t room = 0;
  if (room < count) {
    memory = static_cast<float*>(std::realloc(memory, count * sizeof(float)));
    if (memory == nullptr) throw std::bad_alloc();
    room = count;
  }
  return memory;
}

}  // namespace

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  float* squares = scratch(static_cast<std::size_t>(cols));
  for (std::int64_t r = 0; r < rows; ++r) {
    double sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) squares[c] = x[r * cols + c] * x[r * cols + c];
    for (std::int64_t c = 0; c < cols; ++c) sum += squares[c];
    const float scale = 1 / std::sqrt(static_cast<float>(sum / static_cast<double>(cols)) + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
