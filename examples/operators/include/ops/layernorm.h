#pragma once

#include <cstddef>

namespace ops {

// y = (x - mean) / sqrt(variance + eps) * weight + bias, for every row. y may be x.
void layernorm(const float* x, const float* weight, const float* bias, float* y, std::size_t rows,
               std::size_t cols, float eps);

}  // namespace ops
