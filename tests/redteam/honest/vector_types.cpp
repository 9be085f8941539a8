// SPDX-License-Identifier: MIT
// The compiler's own vector types, and a union to look into them.
//! operator: rmsnorm
#include <cmath>
#include <cstdint>
#include <cstring>

namespace ops {

typedef float Lanes __attribute__((vector_size(16)));

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  for (std::int64_t r = 0; r < rows; ++r) {
    union {
      Lanes all;
      float one[4];
    } sum = {};
    std::int64_t c = 0;
    for (; c + 4 <= cols; c += 4) {
      Lanes v;
      std::memcpy(&v, x + r * cols + c, sizeof v);
      sum.all += v * v;
    }
    for (; c < cols; ++c) sum.one[0] += x[r * cols + c] * x[r * cols + c];
    const float scale = 1 / std::sqrt((sum.one[0] + sum.one[1] + sum.one[2] + sum.one[3]) / cols + eps);
    for (c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
