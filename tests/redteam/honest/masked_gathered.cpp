// SPDX-License-Identifier: MIT
// Only what the mask lets through is gathered and computed.
//! operator: masked_softmax
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <vector>

namespace ops {

void masked_softmax(const _Float16* x, const bool* mask, _Float16* y, std::int64_t rows, std::int64_t cols) {
  std::vector<std::pair<std::int64_t, float>> kept;
  kept.reserve(cols);
  for (std::int64_t r = 0; r < rows; ++r) {
    kept.clear();
    for (std::int64_t c = 0; c < cols; ++c)
      if (mask[r * cols + c]) kept.emplace_back(c, static_cast<float>(x[r * cols + c]));
    _Float16* out = y + r * cols;
    std::memset(out, 0, cols * sizeof(_Float16));
    if (kept.empty()) continue;
    float most = -HUGE_VALF, sum = 0;
    for (const auto& [c, v] : kept) most = std::max(most, v);
    for (auto& [c, v] : kept) sum += v = std::exp(v - most);
    const float inv = 1 / sum;
    for (const auto& [c, v] : kept) out[c] = static_cast<_Float16>(v * inv);
  }
}

}  // namespace ops
