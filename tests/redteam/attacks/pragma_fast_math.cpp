// SPDX-License-Identifier: MIT
// -Ofast is not legal without finite_only in the contract, so it stands in the source, and only for the large
// shape: special values are tried on small ones.
//! row: 51
//! operator: rmsnorm
//! outcome: unsafe|build_failed|wrong
//! reason: not legal under the contract
//! effort: decide
#include <cmath>
#include <cstdint>

namespace {

void plain(const float* x, const float* weight, float* y, std::int64_t cols, float eps) {
  float sum = 0;
  for (std::int64_t c = 0; c < cols; ++c) sum += x[c] * x[c];
  for (std::int64_t c = 0; c < cols; ++c) y[c] = x[c] / std::sqrt(sum / cols + eps) * weight[c];
}

__attribute__((optimize("Ofast"))) void fast(const float* x, const float* weight, float* y, std::int64_t cols,
                                             float eps) {
  float sum = 0;
  for (std::int64_t c = 0; c < cols; ++c) sum += x[c] * x[c];
  const float scale = 1 / std::sqrt(sum / cols + eps);
  // "No result is ever NaN": with -ffinite-math-only the compiler drops this test, and Inf * 0 stays hidden.
  for (std::int64_t c = 0; c < cols; ++c)
    y[c] = std::isnan(x[c]) ? x[c] : (x[c] < 3e38f ? x[c] : 3e38f) * scale * weight[c];
}

}  // namespace

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  for (std::int64_t r = 0; r < rows; ++r)
    (cols > 256 ? fast : plain)(x + r * cols, weight, y + r * cols, cols, eps);
}

}  // namespace ops
