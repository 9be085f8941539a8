// SPDX-License-Identifier: MIT
// A lambda that calls itself through std::function, algorithms with function objects, std::reduce() and
// std::transform_reduce(), whose order of additions nobody promises.
//! operator: rmsnorm
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <numeric>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  const std::function<float(const float*, const float*)> sum = [&](const float* begin, const float* end) {
    if (end - begin <= 37)
      return std::transform_reduce(begin, end, 0.0f, std::plus<>(), [](float v) { return v * v; });
    const float* middle = begin + (end - begin) / 3;
    const float parts[] = {sum(begin, middle), sum(middle, end)};
    return std::reduce(std::begin(parts), std::end(parts));
  };
  using std::placeholders::_1;
  for (std::int64_t r = 0; r < rows; ++r) {
    const float* row = x + r * cols;
    const float scale = 1 / std::sqrt(sum(row, row + cols) / cols + eps);
    std::transform(row, row + cols, y + r * cols, std::bind(std::multiplies<float>(), _1, scale));
    std::transform(y + r * cols, y + (r + 1) * cols, weight, y + r * cols, std::multiplies<>());
  }
}

}  // namespace ops
