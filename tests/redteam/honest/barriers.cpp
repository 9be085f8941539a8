// SPDX-License-Identifier: MIT
// Assembly that computes nothing: barriers for the compiler, a value that it may not know, prefetches far
// behind the end, a pause and a fence.
//! operator: rmsnorm
#include <atomic>
#include <cmath>
#include <cstdint>

namespace ops {
namespace {

template <class T>
inline void keep(T& value) {
  asm volatile("" : "+m"(value) : : "memory");
}

}  // namespace

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  for (std::int64_t r = 0; r < rows; ++r) {
    const float* row = x + r * cols;
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) {
      const auto ahead = reinterpret_cast<std::uintptr_t>(row + c) + (1u << 20);
      __builtin_prefetch(reinterpret_cast<const void*>(ahead), 0, 0);
      sum += row[c] * row[c];
    }
    keep(sum);
#if defined(__x86_64__)
    asm volatile("prefetcht0 (%0)" : : "r"(reinterpret_cast<std::uintptr_t>(row) - 4096));
    asm volatile("pause\n\tlfence" ::: "memory");
#endif
    std::atomic_signal_fence(std::memory_order_seq_cst);
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = row[c] * scale * weight[c];
    asm volatile("" ::: "memory");
  }
}

}  // namespace ops
