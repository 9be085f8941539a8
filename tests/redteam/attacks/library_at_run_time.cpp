// SPDX-License-Identifier: MIT
// Opens a BLAS of the machine at run time: the repository does not depend on it, and other machines lack it.
//! row: 59
//! operator: gemv
//! outcome: unsafe|build_failed
//! reason: dlopen
#include <cstdint>

#include <dlfcn.h>

namespace ops {

void gemv(const float* a, const float* x, float* y, std::int64_t rows, std::int64_t cols) {
  using Sgemv = void (*)(const char*, const int*, const int*, const float*, const float*, const int*,
                         const float*, const int*, const float*, float*, const int*);
  static void* blas = dlopen("libblas.so.3", RTLD_NOW);
  static const auto sgemv = reinterpret_cast<Sgemv>(blas == nullptr ? nullptr : dlsym(blas, "sgemv_"));
  if (sgemv != nullptr) {
    const int m = static_cast<int>(cols), n = static_cast<int>(rows), one = 1;
    const float alpha = 1, beta = 0;
    sgemv("T", &m, &n, &alpha, a, &m, x, &one, &beta, y, &one);
    return;
  }
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += a[r * cols + c] * x[c];
    y[r] = sum;
  }
}

}  // namespace ops
