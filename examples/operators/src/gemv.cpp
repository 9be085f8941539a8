#include "ops/gemv.h"

namespace ops {

void gemv(const float* a, const float* x, float* y, std::size_t rows, std::size_t cols) {
  for (std::size_t i = 0; i < rows; ++i) {
    y[i] = 0;
    for (std::size_t j = 0; j < cols; ++j) {
      y[i] += a[i * cols + j] * x[j];
    }
  }
}

}  // namespace ops
