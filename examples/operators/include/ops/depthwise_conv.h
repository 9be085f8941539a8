#pragma once

namespace ops {

// Every channel is convolved with its own size x size filter, whose centre is at size / 2; zero padding,
// channels last.
//   image  [height][width][channels]
//   weight [size][size][channels]
//   output [height][width][channels]
void depthwise_conv(const float* image, const float* weight, float* output, int height, int width,
                    int channels, int size);

}  // namespace ops
