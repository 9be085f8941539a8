// SPDX-License-Identifier: MIT
// Scratch memory by posix_memalign() under a unique_ptr with a deleter, shared and weak pointers beside it,
// and a handle that is freed through the cleanup attribute.
//! operator: rmsnorm
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>

namespace ops {
namespace {

struct Free {
  void operator()(void* p) const noexcept { std::free(p); }
};
void free_it(float** p) { std::free(*p); }

std::unique_ptr<float[], Free> aligned_floats(std::size_t count) {
  void* p = nullptr;
  if (posix_memalign(&p, 256, count * sizeof(float)) != 0) throw std::bad_alloc();
  return std::unique_ptr<float[], Free>(static_cast<float*>(p));
}

}  // namespace

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  const auto width = static_cast<std::size_t>(cols);
  const auto squares = aligned_floats(width);
  const auto gain = std::make_shared<std::unique_ptr<float[]>>(new float[width]);
  const std::weak_ptr<std::unique_ptr<float[]>> seen = gain;
  __attribute__((cleanup(free_it))) float* copy = static_cast<float*>(std::malloc(width * sizeof(float)));
  std::memcpy(gain->get(), weight, width * sizeof(float));
  for (std::int64_t r = 0; r < rows; ++r) {
    std::memmove(copy, x + r * cols, width * sizeof(float));
    float sum = 0;
    for (std::size_t c = 0; c < width; ++c) squares[c] = copy[c] * copy[c];
    for (std::size_t c = 0; c < width; ++c) sum += squares[c];
    const float scale = 1 / std::sqrt(sum / cols + eps);
    const auto held = seen.lock();
    for (std::size_t c = 0; c < width; ++c) y[r * cols + std::int64_t(c)] = copy[c] * scale * (*held)[c];
  }
}

}  // namespace ops
