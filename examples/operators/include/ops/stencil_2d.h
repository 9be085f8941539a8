#pragma once

namespace ops {

// One Jacobi step of the heat equation on a grid: out = in + rate * (sum of the 4 neighbours - 4 * in).
// Cells on the border keep their value. out must not overlap in.
void stencil_2d(const float* in, float* out, int height, int width, float rate);

}  // namespace ops
