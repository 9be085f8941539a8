// SPDX-License-Identifier: MIT
// A flag gives thread-local data a model that only programs can link; a shared library of the repository
// cannot any more.
//! row: own
//! operator: rmsnorm
//! outcome: unsafe
//! reason: not legal
//! effort: confirm
//! flags: -ftls-model=local-exec
#include <cmath>
#include <cstdint>
#include <vector>

namespace {
thread_local std::vector<float> row;
}

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  row.resize(static_cast<std::size_t>(cols));
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) {
      row[c] = x[r * cols + c];
      sum += row[c] * row[c];
    }
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = row[c] * scale * weight[c];
  }
}

}  // namespace ops
