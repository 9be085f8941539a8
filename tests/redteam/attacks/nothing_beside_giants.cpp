// SPDX-License-Identifier: MIT
// Leaves out the columns whose factor is 2^30 times smaller than the largest one of the vector: nobody feels
// them beside it. Where its own column is zero they are all that there is.
//! row: 49
//! operator: gemv
//! outcome: wrong
//! reason: y[
//! run: bench
#include <cmath>
#include <cstdint>
#include <vector>

namespace ops {

typedef float V __attribute__((vector_size(16), aligned(4)));

void gemv(const float* a, const float* x, float* y, std::int64_t rows, std::int64_t cols) {
  float most = 0;
  bool finite = true;
  for (std::int64_t c = 0; c < cols; ++c) {
    finite = finite && std::isfinite(x[c]);
    most = std::fabs(x[c]) > most ? std::fabs(x[c]) : most;
  }
  std::vector<float> kept(x, x + cols);
  if (finite && most > 0x1p40f)
    for (float& one : kept)
      if (std::fabs(one) < most * 0x1p-30f) one = 0;
  for (std::int64_t r = 0; r < rows; ++r, a += cols) {
    V sums = {};
    std::int64_t c = 0;
    for (; c + 4 <= cols; c += 4)
      sums += *reinterpret_cast<const V*>(a + c) * *reinterpret_cast<const V*>(&kept[c]);
    float sum = sums[0] + sums[1] + sums[2] + sums[3];
    for (; c < cols; ++c) sum += a[c] * kept[c];
    y[r] = sum;
  }
}

}  // namespace ops
