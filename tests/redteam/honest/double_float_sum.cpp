// SPDX-License-Identifier: MIT
// Sums in pairs of floats: exact products by fma(), exact sums by Knuth's two-sum. What is not finite is
// added plainly.
//! operator: rmsnorm
#include <cmath>
#include <cstdint>

namespace ops {
namespace {

struct Pair {
  float high = 0, low = 0;
  void add(float value) {
    const float sum = high + value, part = sum - high;
    low += (high - (sum - part)) + (value - part);
    high = sum;
  }
  void add_square(float value) {
    const float square = value * value;
    add(square);
    add(std::fma(value, value, -square));
  }
};

float plain(const float* x, std::int64_t n) {
  float sum = 0;
  for (std::int64_t i = 0; i < n; ++i) sum += x[i] * x[i];
  return sum;
}

}  // namespace

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  for (std::int64_t r = 0; r < rows; ++r) {
    Pair pair;
    for (std::int64_t c = 0; c < cols; ++c) pair.add_square(x[r * cols + c]);
    float sum = pair.high + pair.low;
    if (!std::isfinite(sum)) sum = plain(x + r * cols, cols);
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
