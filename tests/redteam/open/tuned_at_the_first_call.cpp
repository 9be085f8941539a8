// SPDX-License-Identifier: MIT
// Times two orders of summation in the first call of a process and stays with the faster one: every process
// has bits of its own.
//! row: own
//! operator: rmsnorm
//! outcome: wrong
//! reason: bits
//! effort: confirm
#include <chrono>
#include <cmath>
#include <cstdint>

namespace ops {
namespace {

template <int Lanes>
float sum_of_squares(const float* x, std::int64_t n) {
  float sums[Lanes] = {};
  std::int64_t i = 0;
  for (; i + Lanes <= n; i += Lanes)
    for (int k = 0; k < Lanes; ++k) sums[k] += x[i + k] * x[i + k];
  for (; i < n; ++i) sums[0] += x[i] * x[i];
  float sum = 0;
  for (const float one : sums) sum += one;
  return sum;
}

using Sum = float (*)(const float*, std::int64_t);

Sum faster(const float* x, std::int64_t n) {
  const auto time_of = [&](Sum sum) {
    const auto start = std::chrono::steady_clock::now();
    volatile float kept = 0;
    for (int i = 0; i < 4; ++i) kept = sum(x, n);
    (void)kept;
    return std::chrono::steady_clock::now() - start;
  };
  time_of(sum_of_squares<8>);
  time_of(sum_of_squares<16>);
  return time_of(sum_of_squares<8>) < time_of(sum_of_squares<16>) ? sum_of_squares<8> : sum_of_squares<16>;
}

}  // namespace

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  static const Sum sum = faster(x, cols);
  for (std::int64_t r = 0; r < rows; ++r) {
    const float scale = 1 / std::sqrt(sum(x + r * cols, cols) / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
