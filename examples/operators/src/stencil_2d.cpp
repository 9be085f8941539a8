#include "ops/stencil_2d.h"

#include "ops/common.h"

namespace ops {

void stencil_2d(const float* in, float* out, int height, int width, float rate) {
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const float center = in[OPS_AT(y, x, width)];
      if (y == 0 || y == height - 1 || x == 0 || x == width - 1) {
        out[OPS_AT(y, x, width)] = center;
      } else {
        const float around = in[OPS_AT(y - 1, x, width)] + in[OPS_AT(y + 1, x, width)] +
                             in[OPS_AT(y, x - 1, width)] + in[OPS_AT(y, x + 1, width)];
        out[OPS_AT(y, x, width)] = center + rate * (around - 4.0f * center);
      }
    }
  }
}

}  // namespace ops
