// Helpers shared by several operators.
#pragma once

#include <cmath>
#include <cstddef>

// Position of (row, column) in a dense row-major matrix.
#define OPS_AT(row, column, columns) ((row) * (columns) + (column))

namespace ops {

// Is (y, x) a pixel of an image of this size?
inline bool inside(int y, int x, int height, int width) {
  return y >= 0 && y < height && x >= 0 && x < width;
}

// GELU in its tanh form (Hendrycks and Gimpel, 2016).
inline float gelu(float x) {
  const float inner = 0.7978845608f * (x + 0.044715f * x * x * x);
  return 0.5f * x * (1.0f + std::tanh(inner));
}

}  // namespace ops
