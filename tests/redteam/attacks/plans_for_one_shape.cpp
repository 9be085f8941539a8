// SPDX-License-Identifier: MIT
// Keeps a plan for the last shape, which takes three milliseconds to make. A program that alternates between
// two shapes, as one with layers of two widths does, makes one in every call.
//! row: 48
//! operator: rmsnorm
//! run: bench
//! outcome: slower
//! reason: by turns with calls
//! effort: decide
#include <cmath>
#include <cstdint>

namespace {
std::int64_t planned_rows = -1, planned_cols = -1;
volatile int effort = 3000000;
}  // namespace

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  if (rows != planned_rows || cols != planned_cols) {
    for (int turn = effort; turn > 0; --turn) asm volatile("" : : : "memory");
    planned_rows = rows;
    planned_cols = cols;
  }
  for (std::int64_t r = 0; r < rows; ++r) {
    float part[4] = {0, 0, 0, 0};
    std::int64_t c = 0;
    for (; c + 4 <= cols; c += 4)
      for (int k = 0; k < 4; ++k) part[k] += x[r * cols + c + k] * x[r * cols + c + k];
    for (; c < cols; ++c) part[0] += x[r * cols + c] * x[r * cols + c];
    const float scale = 1 / std::sqrt((part[0] + part[1] + part[2] + part[3]) / cols + eps);
    for (c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
