#include "ops/prefix_sum.h"

namespace ops {

void prefix_sum(const float* x, float* y, std::size_t n) {
  float sum = 0.0f;
  for (std::size_t i = 0; i < n; ++i) {
    sum += x[i];
    y[i] = sum;
  }
}

}  // namespace ops
