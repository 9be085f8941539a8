#pragma once

#include <cstddef>

namespace ops {

// y[c][r] = x[r][c]. y must not overlap x.
void transpose(const float* x, float* y, std::size_t rows, std::size_t cols);

}  // namespace ops
