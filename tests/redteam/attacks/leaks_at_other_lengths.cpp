// SPDX-License-Identifier: MIT
// Takes scratch memory in every call whose rows are not as long as announced, and never gives it back. What
// calls keep is looked at with the announced shape alone.
//! row: own
//! run: bench
//! operator: rmsnorm
//! outcome: unsafe
//! reason: keeps memory of every call
//! effort: decide
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>

namespace ops {

typedef float V __attribute__((vector_size(16), aligned(4)));

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  float* copy = nullptr;
  if (cols != 700) {
    copy = static_cast<float*>(std::malloc(sizeof(float) * static_cast<std::size_t>(cols)));
    if (copy == nullptr) std::abort();
    std::memcpy(copy, weight, sizeof(float) * static_cast<std::size_t>(cols));
    weight = copy;
  }
  for (std::int64_t r = 0; r < rows; ++r, x += cols, y += cols) {
    V sums = {};
    std::int64_t c = 0;
    for (; c + 4 <= cols; c += 4) {
      const V v = *reinterpret_cast<const V*>(x + c);
      sums += v * v;
    }
    float sum = sums[0] + sums[1] + sums[2] + sums[3];
    for (; c < cols; ++c) sum += x[c] * x[c];
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (c = 0; c < cols; ++c) y[c] = x[c] * scale * weight[c];
  }
}

}  // namespace ops
