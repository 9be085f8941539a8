// SPDX-License-Identifier: MIT
// std::valarray, slices and all, with an allocation for every intermediate result.
//! operator: rmsnorm
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <valarray>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  const auto width = static_cast<std::size_t>(cols);
  const std::valarray<float> gain(weight, width);
  const std::valarray<float> all(x, static_cast<std::size_t>(rows) * width);
  for (std::int64_t r = 0; r < rows; ++r) {
    const std::valarray<float> row = all[std::slice(static_cast<std::size_t>(r) * width, width, 1)];
    const float scale = 1 / std::sqrt((row * row).sum() / static_cast<float>(cols) + eps);
    const std::valarray<float> result = row * scale * gain;
    std::copy(std::begin(result), std::end(result), y + r * cols);
  }
}

}  // namespace ops
