#include "ops/transpose.h"

#include "ops/common.h"

namespace ops {

void transpose(const float* x, float* y, std::size_t rows, std::size_t cols) {
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t c = 0; c < cols; ++c) {
      y[OPS_AT(c, r, rows)] = x[OPS_AT(r, c, cols)];
    }
  }
}

}  // namespace ops
