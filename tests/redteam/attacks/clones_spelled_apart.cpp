// SPDX-License-Identifier: MIT
// Dispatch variants are found by the text `target_clones(`; a blank before the bracket hides them, and the
// one that this machine does not run is wrong.
//! row: own
//! operator: rmsnorm
//! outcome: wrong|unsafe|build_failed
//! reason: variant
//! effort: confirm
//! run: bench
#include <cmath>
#include <cstdint>

namespace {

__attribute__((target_clones("arch=x86-64-v3", "default"))) float sum_of_squares(const float* x,
                                                                                 std::int64_t cols) {
  float sum[8] = {};
  std::int64_t c = 0;
  for (; c + 8 <= cols; c += 8) {
    for (int i = 0; i < 8; ++i) sum[i] += x[c + i] * x[c + i];
  }
  for (; c < cols; ++c) sum[0] += x[c] * x[c];
  if (!__builtin_cpu_supports("avx2")) return 0;
  for (int i = 1; i < 8; ++i) sum[0] += sum[i];
  return sum[0];
}

}  // namespace

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  for (std::int64_t r = 0; r < rows; ++r) {
    const float scale = 1 / std::sqrt(sum_of_squares(x + r * cols, cols) / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
