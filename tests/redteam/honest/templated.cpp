// SPDX-License-Identifier: MIT
// Templates, constant expressions and fold expressions make the inner loop.
//! operator: gemv
//! run: bench
//! effort: confirm
#include <cstdint>
#include <utility>

namespace ops {
namespace {

template <std::size_t... lane>
void lanes(const float* a, const float* x, float* y, std::int64_t cols, std::index_sequence<lane...>) {
  float sums[sizeof...(lane)] = {};
  for (std::int64_t c = 0; c < cols; ++c)
    ((sums[lane] += a[static_cast<std::int64_t>(lane) * cols + c] * x[c]), ...);
  ((y[lane] = sums[lane]), ...);
}

}  // namespace

void gemv(const float* a, const float* x, float* y, std::int64_t rows, std::int64_t cols) {
  std::int64_t r = 0;
  for (; r + 8 <= rows; r += 8) lanes(a + r * cols, x, y + r, cols, std::make_index_sequence<8>());
  for (; r < rows; ++r) lanes(a + r * cols, x, y + r, cols, std::make_index_sequence<1>());
}

}  // namespace ops
