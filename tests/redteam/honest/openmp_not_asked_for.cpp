// SPDX-License-Identifier: MIT
// Parallel pragmas in a program that is compiled without OpenMP: they mean nothing there.
//! operator: rmsnorm
#include <cmath>
#include <cstdint>

#ifdef _OPENMP
#include <omp.h>
#else
static inline int omp_get_max_threads() { return 1; }
static inline int omp_get_thread_num() { return 0; }
#endif

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  const int parts = omp_get_max_threads();
#pragma omp parallel for schedule(static) num_threads(parts) if (rows * cols > 100000)
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = omp_get_thread_num() < 0 ? 1 : 0;
#pragma omp simd reduction(+ : sum)
    for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    const float scale = 1 / std::sqrt(sum / cols + eps);
#pragma omp simd
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
