// SPDX-License-Identifier: MIT
// The first call builds a table, so that it takes much longer than those after it. The table holds
// constants: first guesses of 1/sqrt(), refined by Newton's steps.
//! operator: rmsnorm
#include <array>
#include <cmath>
#include <cstdint>

namespace ops {
namespace {

std::array<float, 16384> make_guesses() {
  std::array<float, 16384> guesses{};
  for (int i = 0; i < 16384; ++i) guesses[i] = static_cast<float>(1 / std::sqrt(1 + (i + 0.5) * 3 / 16384));
  return guesses;
}
float reciprocal_root(float v) {
  static const std::array<float, 16384> guesses = make_guesses();
  if (!(v > 1e-30f && v < 1e30f)) return 1 / std::sqrt(v);
  int exponent;
  double part = std::frexp(v, &exponent) * 2;  // [1, 2)
  --exponent;
  if (exponent % 2 != 0) {
    part *= 2;
    --exponent;
  }
  const double guess = guesses[static_cast<int>((part - 1) * 16384 / 3)];
  const double better = guess * (1.5 - 0.5 * part * guess * guess);
  return static_cast<float>(std::ldexp(better * (1.5 - 0.5 * part * better * better), -exponent / 2));
}

}  // namespace

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    const float scale = reciprocal_root(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
