// SPDX-License-Identifier: MIT
// Rounds the matrix to sixteen bits first, as a kernel with half the memory traffic would.
//! row: 51
//! operator: gemv
//! outcome: wrong
//! reason: y[
#include <cstdint>
#include <cstring>

namespace ops {

void gemv(const float* a, const float* x, float* y, std::int64_t rows, std::int64_t cols) {
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum[4] = {};
    for (std::int64_t c = 0; c < cols; ++c) {
      std::uint32_t bits;
      std::memcpy(&bits, &a[r * cols + c], sizeof bits);
      bits = (bits + 0x8000u) & 0xffff0000u;
      float rounded;
      std::memcpy(&rounded, &bits, sizeof rounded);
      sum[c % 4] += rounded * x[c];
    }
    y[r] = sum[0] + sum[1] + sum[2] + sum[3];
  }
}

}  // namespace ops
