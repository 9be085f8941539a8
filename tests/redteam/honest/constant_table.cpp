// SPDX-License-Identifier: MIT
// A table of inline functions that is checked while compiling. Sanitizers make the compiler doubt that such
// a function has an address, so that this check fails in their build alone.
//! operator: rmsnorm
#include <cmath>
#include <cstdint>

namespace sums {

inline float forward(const float* x, std::int64_t count) {
  float sum = 0;
  for (std::int64_t i = 0; i < count; ++i) sum += x[i] * x[i];
  return sum;
}
inline float halves(const float* x, std::int64_t count) {
  return count < 2 ? forward(x, count) : forward(x, count / 2) + forward(x + count / 2, count - count / 2);
}
using SumOf = float (*)(const float*, std::int64_t);
constexpr SumOf kSums[2] = {halves, forward};
static_assert(kSums[0] != nullptr && kSums[1] != nullptr);

}  // namespace sums
using sums::kSums;

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  for (std::int64_t r = 0; r < rows; ++r) {
    const float sum = kSums[cols % 2](x + r * cols, cols);
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
