// SPDX-License-Identifier: MIT
// Keeps a scaled copy of the weights for every epsilon that it has met.
//! row: own
//! operator: rmsnorm
//! outcome: unsafe
//! reason: keeps memory of every call
//! effort: confirm
#include <cmath>
#include <cstdint>
#include <map>
#include <vector>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  static std::map<float, std::vector<float>> kept;
  std::vector<float>& own = kept[eps];
  own.assign(weight, weight + cols);
  for (std::int64_t r = 0; r < rows; ++r) {
    const float* a = x + r * cols;
    float sums[8] = {};
    std::int64_t c = 0;
    for (; c + 8 <= cols; c += 8)
      for (int k = 0; k < 8; ++k) sums[k] += a[c + k] * a[c + k];
    float sum = 0;
    for (; c < cols; ++c) sum += a[c] * a[c];
    for (const float s : sums) sum += s;
    const float scale = 1 / std::sqrt(sum / static_cast<float>(cols) + eps);
    for (c = 0; c < cols; ++c) y[r * cols + c] = a[c] * scale * own[c];
  }
}

}  // namespace ops
