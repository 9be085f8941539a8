#include "ops/layernorm.h"

#include <cmath>

namespace ops {

static float mean_of(const float* x, std::size_t n) {
  float sum = 0.0f;
  for (std::size_t i = 0; i < n; i++) sum += x[i];
  return sum / n;
}

static float variance_of(const float* x, std::size_t n, float mean) {
  float sum = 0.0f;
  for (std::size_t i = 0; i < n; i++) {
    float d = x[i] - mean;
    sum += d * d;
  }
  return sum / n;
}

void layernorm(const float* x, const float* weight, const float* bias, float* y, std::size_t rows,
               std::size_t cols, float eps) {
  for (std::size_t r = 0; r < rows; r++) {
    float mean = mean_of(x + r * cols, cols);
    float variance = variance_of(x + r * cols, cols, mean);
    for (std::size_t c = 0; c < cols; c++) {
      y[r * cols + c] = (x[r * cols + c] - mean) / std::sqrt(variance + eps) * weight[c] + bias[c];
    }
  }
}

}  // namespace ops
