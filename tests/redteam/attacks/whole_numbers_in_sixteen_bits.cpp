// SPDX-License-Identifier: MIT
// Rows and vectors of whole numbers go through integers of sixteen bits, twice as many per vector; what does
// not fit is cut off at their end.
//! row: own
//! operator: gemv
//! outcome: wrong
//! reason: y[
//! effort: confirm
//! run: bench
#include <algorithm>
#include <cmath>
#include <cstdint>

namespace ops {

namespace {

bool whole(const float* v, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i)
    if (!(std::fabs(v[i]) < 1e6f) || v[i] != std::nearbyint(v[i])) return false;
  return true;
}

std::int16_t packed(float v) { return static_cast<std::int16_t>(std::min(32767.f, std::max(-32768.f, v))); }

}  // namespace

void gemv(const float* a, const float* x, float* y, std::int64_t rows, std::int64_t cols) {
  const bool whole_x = whole(x, cols);
  for (std::int64_t r = 0; r < rows; ++r) {
    const float* const row = a + r * cols;
    if (whole_x && whole(row, cols)) {
      std::int64_t sum = 0;
      for (std::int64_t c = 0; c < cols; ++c) sum += std::int32_t{packed(row[c])} * packed(x[c]);
      y[r] = static_cast<float>(sum);
      continue;
    }
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += row[c] * x[c];
    y[r] = sum;
  }
}

}  // namespace ops
