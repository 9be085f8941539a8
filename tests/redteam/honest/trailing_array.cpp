// SPDX-License-Identifier: MIT
// A header with its data behind it, as C did it before flexible arrays, and pointers that count from one, as
// "Numerical Recipes" does it.
//! operator: rmsnorm
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace ops {
namespace {

struct Row {
  std::int64_t count;
  float mean_square;
  float values[1];
};

Row* new_row(std::int64_t count) {
  const std::size_t bytes = offsetof(Row, values) + static_cast<std::size_t>(count) * sizeof(float);
  Row* row = static_cast<Row*>(std::malloc(bytes < sizeof(Row) ? sizeof(Row) : bytes));
  if (row != nullptr) row->count = count;
  return row;
}

void measure(Row* row) {
  const float* v = row->values - 1;
  float sum = 0;
  for (std::int64_t i = 1; i <= row->count; ++i) sum += v[i] * v[i];
  row->mean_square = sum / row->count;
}

}  // namespace

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  Row* row = new_row(cols);
  if (row == nullptr) return;
  for (std::int64_t r = 0; r < rows; ++r) {
    for (std::int64_t c = 0; c < cols; ++c) row->values[c] = x[r * cols + c];
    measure(row);
    const float scale = 1 / std::sqrt(row->mean_square + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = row->values[c] * scale * weight[c];
  }
  std::free(row);
}

}  // namespace ops
