// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

namespace ops {

// Softmax over what the mask lets through; zeros where it lets nothing through.
void masked_softmax(const _Float16* x, const bool* mask, _Float16* y, std::int64_t rows, std::int64_t cols) {
  for (std::int64_t r = 0; r < rows; ++r) {
    float most = -std::numeric_limits<float>::infinity();
    for (std::int64_t c = 0; c < cols; ++c)
      if (mask[r * cols + c]) most = std::max(most, static_cast<float>(x[r * cols + c]));
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c)
      if (mask[r * cols + c]) sum += std::exp(static_cast<float>(x[r * cols + c]) - most);
    for (std::int64_t c = 0; c < cols; ++c)
      y[r * cols + c] =
          mask[r * cols + c]
              ? static_cast<_Float16>(std::exp(static_cast<float>(x[r * cols + c]) - most) / sum)
              : static_cast<_Float16>(0);
  }
}

}  // namespace ops
