#include "ops/conv2d_3x3.h"

#include "ops/common.h"

namespace ops {

void conv2d_3x3(const float* image, const float* weight, float* output, int channels_in, int channels_out,
                int height, int width) {
  for (int o = 0; o < channels_out; o++) {
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        float sum = 0.0f;
        for (int i = 0; i < channels_in; i++) {
          for (int dy = -1; dy <= 1; dy++) {
            for (int dx = -1; dx <= 1; dx++) {
              if (inside(y + dy, x + dx, height, width)) {
                sum += image[(i * height + y + dy) * width + x + dx] *
                       weight[((o * channels_in + i) * 3 + dy + 1) * 3 + dx + 1];
              }
            }
          }
        }
        output[(o * height + y) * width + x] = sum;
      }
    }
  }
}

}  // namespace ops
