// SPDX-License-Identifier: MIT
// Levels by the names of processors, questions by their features; chosen when the program starts.
//! operator: saxpy
//! flags: -O3
#include <cstdint>

namespace ops {
namespace {

using Kernel = void (*)(float, const float*, const float*, float*, std::int64_t);

__attribute__((target("arch=skylake-avx512,prefer-vector-width=512"))) void level4(float a, const float* x,
                                                                                   const float* y, float* z,
                                                                                   std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) z[i] = a * x[i] + y[i];
}

__attribute__((target("arch=haswell"))) void level3(float a, const float* x, const float* y, float* z,
                                                    std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) z[i] = a * x[i] + y[i];
}

void level1(float a, const float* x, const float* y, float* z, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) z[i] = a * x[i] + y[i];
}

Kernel choose() {
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512cd"))
    return level4;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2"))
    return level3;
  return level1;
}

const Kernel chosen = choose();

}  // namespace

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) { chosen(a, x, y, z, n); }

}  // namespace ops
