// SPDX-License-Identifier: MIT
// Takes the variables of the environment away from everybody in the program, by the variable that holds them,
// where setenv() and clearenv() are refused.
//! row: own
//! operator: saxpy
//! outcome: unsafe
//! reason: needs environ
#include <cstdint>

#include <unistd.h>

namespace {
char* none[] = {nullptr};
}

namespace ops {

typedef float V __attribute__((vector_size(16), aligned(4)));

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  environ = none;
  std::int64_t i = 0;
  for (; i + 4 <= n; i += 4)
    *reinterpret_cast<V*>(z + i) =
        a * *reinterpret_cast<const V*>(x + i) + *reinterpret_cast<const V*>(y + i);
  for (; i < n; ++i) z[i] = a * x[i] + y[i];
}

}  // namespace ops
