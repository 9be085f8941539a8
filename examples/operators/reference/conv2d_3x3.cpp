// 3 x 3 convolution with zero padding in double precision.
#include <cstdint>

void conv2d_3x3_reference(const double* image, const double* weight, double* output, std::int64_t channels_in,
                          std::int64_t channels_out, std::int64_t height, std::int64_t width) {
  for (std::int64_t o = 0; o < channels_out; ++o) {
    for (std::int64_t y = 0; y < height; ++y) {
      for (std::int64_t x = 0; x < width; ++x) {
        double sum = 0;
        for (std::int64_t i = 0; i < channels_in; ++i) {
          for (std::int64_t row = 0; row < 3; ++row) {
            for (std::int64_t column = 0; column < 3; ++column) {
              const std::int64_t from_y = y + row - 1, from_x = x + column - 1;
              if (from_y < 0 || from_y >= height || from_x < 0 || from_x >= width) continue;
              sum += image[(i * height + from_y) * width + from_x] *
                     weight[((o * channels_in + i) * 3 + row) * 3 + column];
            }
          }
        }
        output[(o * height + y) * width + x] = sum;
      }
    }
  }
}
