#pragma once

#include <cstddef>

namespace ops {

// y = a * x, a is rows x cols and row-major.
void gemv(const float* a, const float* x, float* y, std::size_t rows, std::size_t cols);

}  // namespace ops
