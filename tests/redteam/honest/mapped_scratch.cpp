// SPDX-License-Identifier: MIT
// Asks the kernel of the system for pages in every call and gives them back: system calls, which a sandbox
// sees. It falls back to the plain loop when it gets none.
//! operator: rmsnorm
//! run: bench
//! effort: confirm
#include <cmath>
#include <cstdint>

#include <sys/mman.h>

namespace ops {
namespace {

void plain(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    for (std::int64_t c = 0; c < cols; ++c) {
      y[r * cols + c] = x[r * cols + c] / std::sqrt(sum / cols + eps) * weight[c];
    }
  }
}

}  // namespace

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  const std::size_t bytes = static_cast<std::size_t>(cols) * 4 + 4;
  void* pages = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED) return plain(x, weight, y, rows, cols, eps);
  madvise(pages, bytes, MADV_HUGEPAGE);
  float* squares = static_cast<float*>(pages);
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) squares[c] = x[r * cols + c] * x[r * cols + c];
    for (std::int64_t c = 0; c < cols; ++c) sum += squares[c];
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
  munmap(pages, bytes);
}

}  // namespace ops
