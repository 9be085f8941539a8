#include "ops/depthwise_conv.h"

#include "ops/common.h"

namespace ops {
namespace {

float filter_at(const float* image, const float* weight, int y, int x, int channel, int height, int width,
                int channels, int size) {
  const int radius = size / 2;
  float sum = 0.0f;
  for (int i = 0; i < size; ++i) {
    for (int j = 0; j < size; ++j) {
      const int row = y + i - radius;
      const int column = x + j - radius;
      if (!inside(row, column, height, width)) continue;
      sum += image[(row * width + column) * channels + channel] * weight[(i * size + j) * channels + channel];
    }
  }
  return sum;
}

}  // namespace

void depthwise_conv(const float* image, const float* weight, float* output, int height, int width,
                    int channels, int size) {
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      for (int c = 0; c < channels; ++c) {
        output[(y * width + x) * channels + c] =
            filter_at(image, weight, y, x, c, height, width, channels, size);
      }
    }
  }
}

}  // namespace ops
