// SPDX-License-Identifier: MIT
// Two rows at once, four sums each, every product fused with what it is added to.
//! operator: softmax_grad
//! flags: -O3 -ffp-contract=fast
#include <cmath>
#include <cstdint>

namespace ops {
namespace {

constexpr int kLanes = 4;

template <int Rows>
void gradients(const float* y, const float* dy, float* dx, std::int64_t cols) {
  float sums[Rows][kLanes] = {};
  std::int64_t c = 0;
  for (; c + kLanes <= cols; c += kLanes)
    for (int r = 0; r < Rows; ++r)
      for (int k = 0; k < kLanes; ++k)
        sums[r][k] = std::fma(y[r * cols + c + k], dy[r * cols + c + k], sums[r][k]);
  for (; c < cols; ++c)
    for (int r = 0; r < Rows; ++r) sums[r][0] = std::fma(y[r * cols + c], dy[r * cols + c], sums[r][0]);
  for (int r = 0; r < Rows; ++r) {
    const float dot = (sums[r][0] + sums[r][1]) + (sums[r][2] + sums[r][3]);
    for (c = 0; c < cols; ++c) dx[r * cols + c] = y[r * cols + c] * (dy[r * cols + c] - dot);
  }
}

}  // namespace

void softmax_grad(const float* y, const float* dy, float* dx, std::int64_t rows, std::int64_t cols) {
  std::int64_t r = 0;
  for (; r + 2 <= rows; r += 2) gradients<2>(y + r * cols, dy + r * cols, dx + r * cols, cols);
  if (r < rows) gradients<1>(y + r * cols, dy + r * cols, dx + r * cols, cols);
}

}  // namespace ops
