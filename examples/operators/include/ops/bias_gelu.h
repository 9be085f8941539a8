#pragma once

namespace ops {

// y = gelu(x + bias), bias added to every row. y may be x.
void bias_gelu(const float* x, const float* bias, float* y, int rows, int cols);

}  // namespace ops
