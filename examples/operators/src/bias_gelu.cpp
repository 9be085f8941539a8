#include "ops/bias_gelu.h"

#include "ops/common.h"

namespace ops {

void bias_gelu(const float* x, const float* bias, float* y, int rows, int cols) {
  for (int i = 0; i < rows; ++i) {
    for (int j = 0; j < cols; ++j) {
      y[OPS_AT(i, j, cols)] = gelu(x[OPS_AT(i, j, cols)] + bias[j]);
    }
  }
}

}  // namespace ops
