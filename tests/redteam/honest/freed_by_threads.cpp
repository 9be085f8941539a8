// SPDX-License-Identifier: MIT
// Scratch memory of every thread, by hand, which goes when its thread does.
//! operator: rmsnorm
#include <cmath>
#include <cstdint>
#include <cstdlib>

namespace {
struct Scratch {
  float* data = nullptr;
  std::int64_t room = 0;
  ~Scratch() { std::free(data); }
  float* of(std::int64_t count) {
    if (room < count) {
      std::free(data);
      room = count > 4096 ? count : 4096;
      data = static_cast<float*>(std::malloc(static_cast<std::size_t>(room) * sizeof(float)));
    }
    return data;
  }
};
thread_local Scratch scratch;
}  // namespace

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  float* products = scratch.of(cols);
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) {
      products[c] = x[r * cols + c] * weight[c];
      sum += x[r * cols + c] * x[r * cols + c];
    }
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = products[c] * scale;
  }
}

}  // namespace ops
