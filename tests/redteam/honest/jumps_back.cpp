// SPDX-License-Identifier: MIT
// Error handling in C: longjmp() out of the sum when it overflows, and another sum with smaller numbers.
//! operator: rmsnorm
#include <cmath>
#include <csetjmp>
#include <cstdint>

namespace ops {
namespace {

float checked_sum(const float* x, std::int64_t n, std::jmp_buf& overflowed) {
  float sum = 0;
  for (std::int64_t i = 0; i < n; ++i) {
    sum += x[i] * x[i];
    if (std::isinf(sum)) std::longjmp(overflowed, 1);
  }
  return sum;
}

double wide_sum(const float* x, std::int64_t n) {
  double sum = 0;
  for (std::int64_t i = 0; i < n; ++i) sum += double(x[i]) * x[i];
  return sum;
}

float mean_square(const float* x, std::int64_t n) {
  std::jmp_buf overflowed;
  if (setjmp(overflowed) == 0) return checked_sum(x, n, overflowed) / n;
  return static_cast<float>(wide_sum(x, n)) / n;  // infinite like the plain sum, by another way
}

}  // namespace

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  for (std::int64_t r = 0; r < rows; ++r) {
    const float scale = 1 / std::sqrt(mean_square(x + r * cols, cols) + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
