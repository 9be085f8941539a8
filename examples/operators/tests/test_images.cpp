#include "check.h"
#include "ops/conv2d_3x3.h"
#include "ops/depthwise_conv.h"
#include "ops/histogram.h"
#include "ops/stencil_2d.h"

static void test_conv2d_3x3() {
  // A filter of ones counts the pixels that it covers: 9 inside, 6 on an edge, 4 in a corner.
  const int height = 4, width = 5;
  const std::vector<float> image(2 * height * width, 1.0f), weight(3 * 2 * 9, 1.0f);
  std::vector<float> output(3 * height * width);
  ops::conv2d_3x3(image.data(), weight.data(), output.data(), 2, 3, height, width);
  for (int o = 0; o < 3; ++o) {
    const float* plane = output.data() + o * height * width;
    assert(plane[0] == 8 && plane[1] == 12 && plane[width + 1] == 18 && plane[height * width - 1] == 8);
  }
  // A filter with its one at the right moves the image to the left.
  const auto picture = numbers(height * width);
  const std::vector<float> shift = {0, 0, 0, 0, 0, 1, 0, 0, 0};
  ops::conv2d_3x3(picture.data(), shift.data(), output.data(), 1, 1, height, width);
  assert(output[0] == picture[1] && output[width - 1] == 0);
}

static void test_depthwise_conv() {
  const int height = 3, width = 3, channels = 2;
  const auto image = numbers(height * width * channels);
  std::vector<float> weight(9 * channels, 0.0f), output(image.size());
  weight[4 * channels] = 1;      // channel 0: identity
  weight[3 * channels + 1] = 1;  // channel 1: moves to the right
  ops::depthwise_conv(image.data(), weight.data(), output.data(), height, width, channels, 3);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const int at = (y * width + x) * channels;
      assert(output[at] == image[at]);
      assert(output[at + 1] == (x == 0 ? 0 : image[at - channels + 1]));
    }
  }
}

static void test_histogram() {
  const std::uint8_t bytes[] = {0, 255, 7, 7, 7, 0};
  std::int32_t counts[256];
  ops::ByteHistogram histogram(counts);
  histogram.add(bytes, 6);
  histogram.add(bytes, 2);
  assert(counts[0] == 3 && counts[7] == 3 && counts[255] == 2 && counts[8] == 0);
}

static void test_stencil_2d() {
  std::vector<float> grid(5 * 5, 0.0f), next(5 * 5);
  grid[2 * 5 + 2] = 1;
  ops::stencil_2d(grid.data(), next.data(), 5, 5, 0.25f);
  assert(next[2 * 5 + 2] == 0 && next[1 * 5 + 2] == 0.25f && next[2 * 5 + 3] == 0.25f && next[0] == 0);
  grid[0] = 9;
  ops::stencil_2d(grid.data(), next.data(), 5, 5, 0.25f);
  assert(next[0] == 9);
}

int main() {
  test_conv2d_3x3();
  test_depthwise_conv();
  test_histogram();
  test_stencil_2d();
}
