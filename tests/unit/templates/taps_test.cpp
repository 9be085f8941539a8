// SPDX-License-Identifier: MIT
#include "tests/unit/templates/recognise.h"

namespace ke {
namespace {

const char* const kTaps = "taps";

TEST(Taps, BagsOfGatheredRows) {
  const char* const driver = R"(
  for (long bags : {0, 1, 3, 9}) for (long dim : {1, 3, 16, 63, 64, 100, 1100}) for (int most : {0, 1, 5, 40}) {
    auto table = values(20 * dim), y = values(bags * dim), z = y, w = values(bags * most + 1);
    std::vector<int> index, start{0};
    for (long b = 0; b < bags; ++b) {
      for (int k = 0; k < most - b % 2; ++k) index.push_back(std::abs(int(value() * 20)) % 20);
      start.push_back(index.size());
    }
    index.push_back(0);
    original::f(table.data(), index.data(), start.data(), w.data(), y.data(), bags, dim);
    rewritten::f(table.data(), index.data(), start.data(), w.data(), z.data(), bags, dim);
    compare("bags", bags * 10000 + dim, y, z);
  }
)";
  expect_same(
      kTaps,
      R"(void f(const float* table, const int* index, const int* start, const float*, float* y, long bags, long dim) {
  for (long b = 0; b < bags; ++b)
    for (long d = 0; d < dim; ++d) {
      float sum = 0.0f;
      for (long i = start[b]; i < start[b + 1]; ++i) sum += table[index[i] * dim + d];
      y[b * dim + d] = sum;
    }
})",
      driver);
  expect_same(
      kTaps,
      R"(void f(const float* table, const int* index, const int* start, const float* w, float* y, int bags, int dim) {
  for (int b = 0; b < bags; ++b) {
    float* out = y + b * dim;
    for (int d = 0; d < dim; ++d) out[d] = 0;
    for (int i = start[b]; i < start[b + 1]; ++i) {
      const float* row = table + index[i] * dim;
      for (int d = 0; d < dim; ++d) out[d] += w[i] * row[d];
    }
  }
})",
      driver);
}

// The table may overlap the sums: the rows are compared with what is written once they are known.
TEST(Taps, SumsOverTheirOwnTable) {
  expect_same_on_every_machine(
      kTaps,
      R"(void f(const float* table, const int* index, const long* start, float* y, long bags, long dim) {
  for (long b = 0; b < bags; ++b)
    for (long d = 0; d < dim; ++d) {
      float sum = 0.0f;
      for (long i = start[b]; i < start[b + 1]; ++i) sum += table[index[i] * dim + d];
      y[b * dim + d] = sum;
    }
})",
      R"(
  for (long bags : {1, 3, 9}) for (long dim : {1, 3, 16, 64, 100, 1500}) for (int from : {0, 1, 7, 40}) {
    auto memory = values(40 * dim + 100), copy = memory;
    std::vector<int> index;
    std::vector<long> start{0};
    for (long b = 0; b < bags; ++b) {
      for (int k = 0; k < b % 4; ++k) index.push_back(std::abs(int(value() * 20)) % 20);
      start.push_back(index.size());
    }
    index.push_back(0);
    original::f(memory.data(), index.data(), start.data(), memory.data() + from, bags, dim);
    rewritten::f(copy.data(), index.data(), start.data(), copy.data() + from, bags, dim);
    compare("own table", bags * 10000 + dim, memory, copy);
  })");
}

TEST(Taps, FilterOfASignal) {
  expect_same(kTaps, R"(void f(const float* x, const float* h, float* y, long n, long taps) {
  for (long i = 0; i < n; ++i) {
    float s = 0;
    for (long k = 0; k < taps; ++k) s += h[k] * x[i + k];
    y[i] = s;
  }
})",
              R"(
  for (long n : sizes) for (long taps : {0, 1, 3, 17, 300}) for (int special : {0, 1, 2}) {
    auto x = values(n + taps + 1, special), h = values(taps + 1), y = values(n), z = y;
    original::f(x.data(), h.data(), y.data(), n, taps);
    rewritten::f(x.data(), h.data(), z.data(), n, taps);
    compare("filter", n * 1000 + taps, y, z);
  })");
}

TEST(Taps, BlurOfTheInsideOfAnImage) {
  expect_same(kTaps, R"(void f(const float* in, float* out, int h, int w, float middle) {
  for (int y = 2; y < h - 2; y++)
    for (int x = 2; x <= w - 3; x++) {
      float sum = 0.0f;
      for (int dy = -2; dy <= 2; dy++)
        for (int dx = -2; dx <= 2; dx++) sum += in[(y + dy) * w + x + dx] - middle;
      out[y * w + x] = sum / 25;
    }
})",
              R"(
  for (int h : {1, 4, 5, 9}) for (int w : {1, 4, 5, 6, 21, 40, 140}) for (int special : {0, 1}) {
    auto x = values(h * w, special), y = values(h * w), z = y;
    original::f(x.data(), y.data(), h, w, 0.25f);
    rewritten::f(x.data(), z.data(), h, w, 0.25f);
    compare("blur", h * 1000 + w, y, z);
  })");
}

TEST(Taps, DepthwiseConvolutionWithBorderTests) {
  expect_same(kTaps, R"(
static bool inside(int y, int x, int h, int w) { return y >= 0 && y < h && x >= 0 && x < w; }
static float filter_at(const float* image, const float* weight, int y, int x, int channel, int height, int width,
                       int channels, int size) {
  const int radius = size / 2;
  float sum = 0.0f;
  for (int i = 0; i < size; ++i)
    for (int j = 0; j < size; ++j) {
      const int row = y + i - radius;
      const int column = x + j - radius;
      if (!inside(row, column, height, width)) continue;
      sum += image[(row * width + column) * channels + channel] * weight[(i * size + j) * channels + channel];
    }
  return sum;
}
void f(const float* image, const float* weight, float* output, int height, int width, int channels, int size) {
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x)
      for (int c = 0; c < channels; ++c)
        output[(y * width + x) * channels + c] = filter_at(image, weight, y, x, c, height, width, channels, size);
})",
              R"(
  for (int h : {1, 2, 5}) for (int w : {1, 3, 8}) for (int c : {1, 3, 16, 70}) for (int size : {1, 3, 5}) for (int special : {0, 1, 2}) {
    auto x = values(h * w * c, special), k = values(size * size * c, special), y = values(h * w * c), z = y;
    original::f(x.data(), k.data(), y.data(), h, w, c, size);
    rewritten::f(x.data(), k.data(), z.data(), h, w, c, size);
    compare("depthwise", h * 1000 + w * 100 + c, y, z);
  })");
}

TEST(Taps, IsSilentAboutWhatIsNone) {
  // A recursive filter reads what it has written.
  EXPECT_FALSE(recognised(kTaps, R"(void f(const float* h, float* y, int n) {
  for (int i = 8; i < n; ++i) { float s = 0; for (int k = 1; k < 8; ++k) s += h[k] * y[i - k]; y[i] = s; } })"));
  // The table of places is written in between.
  EXPECT_FALSE(recognised(kTaps, R"(void f(const float* a, float* y, int* at, int n) {
  for (int d = 0; d < n; ++d) { float s = 0; for (int j = 0; j < n; ++j) s += a[at[j] * n + d]; y[d] = s; at[d] = 0; } })"));
  // The place decides which steps count.
  EXPECT_FALSE(recognised(kTaps, R"(void f(const float* x, const float* h, float* y, int n) {
  for (int i = 0; i < n; ++i) { float s = 0; for (int k = 0; k < 8; ++k) if (i + k < n) s += h[k] * x[i + k]; y[i] = s; } })"));
  EXPECT_FALSE(recognised(kTaps, R"(void f(const float* x, const float* h, float* y, int n) {
  for (int i = 0; i < n; ++i) { float s = 0; for (int k = 0; k < 8; ++k) s += h[k] * x[2 * i + k]; y[i] = s; } })"));
}

}  // namespace
}  // namespace ke
