#include "ops/rmsnorm.h"

#include <cmath>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  for (std::int64_t r = 0; r < rows; ++r) {
    const float* in = x + r * cols;
    float* out = y + r * cols;
    float sum = 0.0f;
    for (std::int64_t c = 0; c < cols; ++c) {
      sum += in[c] * in[c];
    }
    const float scale = 1.0f / std::sqrt(sum / static_cast<float>(cols) + eps);
    for (std::int64_t c = 0; c < cols; ++c) {
      out[c] = in[c] * scale * weight[c];
    }
  }
}

}  // namespace ops
