// SPDX-License-Identifier: MIT
// Two partial sums meet in the order in which the threads finish. A sum of two numbers does not depend on
// it.
//! operator: gemv
//! effort: confirm
//! run: bench
#include <cstdint>

namespace ops {
namespace {

bool apart(const void* p, std::int64_t p_bytes, const void* q, std::int64_t q_bytes) {
  const auto a = reinterpret_cast<std::uintptr_t>(p), b = reinterpret_cast<std::uintptr_t>(q);
  return a + p_bytes <= b || b + q_bytes <= a;
}

void plain(const float* a, const float* x, float* y, std::int64_t rows, std::int64_t cols) {
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += a[r * cols + c] * x[c];
    y[r] = sum;
  }
}

}  // namespace

void gemv(const float* a, const float* x, float* y, std::int64_t rows, std::int64_t cols) {
  if (!apart(a, rows * cols * 4, y, rows * 4) || !apart(x, cols * 4, y, rows * 4))
    return plain(a, x, y, rows, cols);
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
#pragma omp parallel for reduction(+ : sum) num_threads(2)
    for (std::int64_t c = 0; c < cols; ++c) sum += a[r * cols + c] * x[c];
    y[r] = sum;
  }
}

}  // namespace ops
