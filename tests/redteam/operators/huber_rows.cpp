// SPDX-License-Identifier: MIT
#include <cmath>
#include <cstdint>

namespace ops {

// Huber's loss of every row, its gradient, and how many of the row are outliers.
void huber_rows(const float* pred, const float* target, float* loss, float* grad, std::int32_t* outliers,
                std::int64_t rows, std::int64_t cols, float delta) {
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    std::int32_t count = 0;
    for (std::int64_t c = 0; c < cols; ++c) {
      const float d = pred[r * cols + c] - target[r * cols + c];
      const float size = std::fabs(d);
      if (size <= delta) {
        sum += 0.5f * d * d;
        grad[r * cols + c] = d;
      } else {
        sum += delta * (size - 0.5f * delta);
        grad[r * cols + c] = d < 0 ? -delta : delta;
        ++count;
      }
    }
    loss[r] = sum;
    outliers[r] = count;
  }
}

}  // namespace ops
