#pragma once

namespace ops {

// 3 x 3 convolution with zero padding; output has the size of the image.
//   image  [channels_in][height][width]
//   weight [channels_out][channels_in][3][3]
//   output [channels_out][height][width], must not overlap the others
void conv2d_3x3(const float* image, const float* weight, float* output, int channels_in, int channels_out,
                int height, int width);

}  // namespace ops
