// SPDX-License-Identifier: MIT
#include "tests/unit/templates/recognise.h"

namespace ke {
namespace {

const char* const kWindows = "windows";

const char* const kDepthwise = R"(
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
})";

const char* const kDepthwiseSizes = R"(
  for (int h : {0, 1, 2, 5}) for (int w : {1, 2, 3, 5, 8, 13, 14, 17, 31}) for (int c : {1, 3, 4, 9, 16, 37})
    for (int size : {0, 1, 2, 3, 4, 5, 7, 17}) for (int special : {0, 1, 2}) {
      auto x = values(h * w * c, special), k = values(size * size * c, special), y = values(h * w * c), z = y;
      original::f(x.data(), k.data(), y.data(), h, w, c, size);
      rewritten::f(x.data(), k.data(), z.data(), h, w, c, size);
      compare("depthwise", h * 10000 + w * 100 + c, y, z);
    })";

// Image and result in one buffer, the result or the image further on: the plain loops run where they must.
const char* const kDepthwiseInOneBuffer = R"(
  for (int w : {1, 5, 16}) for (int c : {1, 4, 16, 19}) for (int from : {0, 1, 16, 700}) for (int to : {0, 3, 350}) {
    const int h = 3, size = 3;
    auto memory = values(h * w * c + 1000), k = values(size * size * c), copy = memory;
    original::f(memory.data() + from, k.data(), memory.data() + to, h, w, c, size);
    rewritten::f(copy.data() + from, k.data(), copy.data() + to, h, w, c, size);
    compare("one buffer", w * 100 + c, memory, copy);
  })";

TEST(Windows, DepthwiseConvolutionWithBorderTests) {
  expect_same_on_every_machine(kWindows, kDepthwise, std::string(kDepthwiseSizes) + kDepthwiseInOneBuffer);
}

TEST(Windows, StrideBiasAndActivation) {
  expect_same_on_every_machine(kWindows, R"(#include <algorithm>
void f(const float* in, const float* w, const float* bias, float* out, int n, int h, int wd, int c, int k, int s, int p) {
  const int oh = (h + 2 * p - k) / s + 1, ow = (wd + 2 * p - k) / s + 1;
  for (int b = 0; b < n; b++)
    for (int oy = 0; oy < oh; oy++)
      for (int ox = 0; ox < ow; ox++)
        for (int ch = 0; ch < c; ch++) {
          float acc = bias[ch];
          for (int ky = 0; ky < k; ky++) {
            const int iy = oy * s + ky - p;
            if (iy < 0 || iy >= h) continue;
            for (int kx = 0; kx < k; kx++) {
              const int ix = ox * s + kx - p;
              if (ix >= 0 && ix < wd) acc += in[((b * h + iy) * wd + ix) * c + ch] * w[(ky * k + kx) * c + ch];
            }
          }
          out[((b * oh + oy) * ow + ox) * c + ch] = std::max(acc, 0.0f);
        }
})",
                               R"(
  for (int n : {1, 2}) for (int h : {3, 6}) for (int w : {3, 9, 40}) for (int c : {1, 8, 21, 5000}) for (int s : {1, 2, 3}) for (int p : {0, 1, 3}) {
    const int k = 3, oh = (h + 2 * p - k) / s + 1, ow = (w + 2 * p - k) / s + 1;
    if (c > 1000 && w > 9) continue;
    auto x = values(n * h * w * c), q = values(k * k * c), bias = values(c), y = values(n * oh * ow * c), z = y;
    original::f(x.data(), q.data(), bias.data(), y.data(), n, h, w, c, k, s, p);
    rewritten::f(x.data(), q.data(), bias.data(), z.data(), n, h, w, c, k, s, p);
    compare("stride", h * 10000 + w * 100 + c, y, z);
  })");
}

TEST(Windows, ChannelsOutermostInDouble) {
  expect_same(kWindows, R"(#include <vector>
void f(const std::vector<double>& x, const std::vector<double>& k, std::vector<double>& y, int h, int w, int c) {
  for (int ch = 0; ch < c; ++ch)
    for (int i = 1; i < h - 1; ++i)
      for (int j = 1; j < w - 1; ++j) {
        double s = 0;
        for (int di = -1; di <= 1; ++di)
          for (int dj = -1; dj <= 1; ++dj)
            s += k[((di + 1) * 3 + dj + 1) * c + ch] * x[((i + di) * w + j + dj) * c + ch];
        y[(i * w + j) * c + ch] = s;
      }
})",
              R"(
  for (int h : {1, 2, 3, 6}) for (int w : {1, 3, 4, 10, 33}) for (int c : {1, 2, 8, 11}) {
    auto a = values(h * w * c), b = values(9 * c), d = values(h * w * c);
    std::vector<double> x(a.begin(), a.end()), k(b.begin(), b.end()), y(d.begin(), d.end()), z = y;
    original::f(x, k, y, h, w, c);
    rewritten::f(x, k, z, h, w, c);
    compare("channels", h * 10000 + w * 100 + c, y, z);
  })");
}

// One dimension, causal, dilated, added up in memory.
TEST(Windows, CausalFilterOfASequence) {
  expect_same(kWindows,
              R"(void f(const float* x, const float* w, float* y, long n, long c, long taps, long dil) {
  for (long t = 0; t < n; ++t) {
    for (long d = 0; d < c; ++d) y[t * c + d] = 0.5f;
    for (long k = 0; k < taps; ++k) {
      if (t - dil * k < 0) continue;
      const float* from = x + (t - dil * k) * c;
      for (long d = 0; d < c; ++d) y[t * c + d] += w[k * c + d] * from[d];
    }
  }
})",
              R"(
  for (long n : {1, 2, 7, 30, 700}) for (long c : {1, 4, 16, 50}) for (long taps : {1, 4, 600}) for (long dil : {1, 2}) for (int special : {0, 2}) {
    if (n > 100 && (c != 4 || dil > 1)) continue;
    auto x = values(n * c, special), w = values(taps * c), y = values(n * c), z = y;
    original::f(x.data(), w.data(), y.data(), n, c, taps, dil);
    rewritten::f(x.data(), w.data(), z.data(), n, c, taps, dil);
    compare("sequence", n * 10000 + c * 100 + taps, y, z);
  })");
}

// Planes instead of interleaved channels: the border decides place by place which steps count.
const char* const kPlanes =
    R"(void f(const float* x, const float* w, float* y, int c, int h, int wd, int k, int pad) {
  for (int ch = 0; ch < c; ch++)
    for (int i = 0; i < h; i++)
      for (int j = 0; j < wd; j++) {
        float acc = 0.f;
        for (int a = 0; a < k; a++) {
          for (int b = 0; b < k; b++) {
            int p = i + a - pad, q = j + b - pad;
            if (p < 0 || p >= h || q < 0 || q >= wd) continue;
            acc += w[(ch * k + a) * k + b] * x[(ch * h + p) * wd + q];
          }
        }
        y[(ch * h + i) * wd + j] = acc;
      }
})";

TEST(Windows, DepthwiseConvolutionOfPlanes) {
  expect_same_on_every_machine(kWindows, kPlanes, R"(
  for (int c : {1, 2}) for (int h : {1, 2, 5}) for (int w : {1, 3, 4, 7, 16, 17, 18, 31, 50}) for (int k : {0, 1, 2, 3, 5}) for (int pad : {0, 1, 3})
    for (int special : {0, 1, 2}) {
      auto x = values(c * h * w, special), q = values(c * k * k, special), y = values(c * h * w), z = y;
      original::f(x.data(), q.data(), y.data(), c, h, w, k, pad);
      rewritten::f(x.data(), q.data(), z.data(), c, h, w, k, pad);
      compare("planes", h * 10000 + w * 100 + k, y, z);
    })");
}

// The kernel is that of the planes, less the factors.
TEST(Windows, BlurWithBorderTestsInMemory) {
  expect_same(kWindows, R"(void f(const float* in, float* out, int h, int w, int r) {
  for (int y = 0; y < h; ++y)
    for (int x = 0; x < w; ++x) {
      float sum = 0.0f;
      for (int dy = -r; dy <= r; ++dy)
        for (int dx = -r; dx <= r; ++dx)
          if (y + dy >= 0 && y + dy < h && x + dx >= 0 && x + dx < w) sum += in[(y + dy) * w + x + dx];
      out[y * w + x] = sum / ((2 * r + 1) * (2 * r + 1));
    }
})",
              R"(
  for (int h : {1, 4, 9}) for (int w : {1, 5, 16, 33, 4200}) for (int r : {0, 1, 2, 9}) for (int special : {0, 1}) {
    if (w > 1000 && r > 2) continue;
    auto x = values(h * w, special), y = values(h * w), z = y;
    original::f(x.data(), y.data(), h, w, r);
    rewritten::f(x.data(), z.data(), h, w, r);
    compare("blur", h * 10000 + w * 10 + r, y, z);
  })",
              {}, kUnoptimised);
}

TEST(Windows, BoxOfSeveralChannelsAndIntegers) {
  expect_same(kWindows, R"(void f(const int* in, int* out, int h, int w, int c, int r) {
  for (int y = r; y < h - r; ++y)
    for (int x = r; x < w - r; ++x)
      for (int ch = 0; ch < c; ++ch) {
        int sum = 0;
        for (int dy = -r; dy <= r; ++dy)
          for (int dx = -r; dx <= r; ++dx) sum += in[((y + dy) * w + x + dx) * c + ch];
        out[(y * w + x) * c + ch] = sum / 9;
      }
})",
              R"(
  for (int h : {1, 4, 7}) for (int w : {1, 5, 30}) for (int c : {1, 3, 4, 40}) for (int r : {0, 1, 2}) {
    std::vector<int> x(h * w * c), y(h * w * c, 3), z = y;
    for (int& v : x) v = int(value() * 100);
    original::f(x.data(), y.data(), h, w, c, r);
    rewritten::f(x.data(), z.data(), h, w, c, r);
    compare("box", h * 1000 + w * 100 + c, y, z);
  })");
}

TEST(Windows, IsSilentAboutWhatIsNone) {
  // The filter reads what it has written.
  EXPECT_FALSE(recognised(kWindows, R"(void f(const float* w, float* y, int n, int c) {
  for (int t = 4; t < n; ++t) for (int d = 0; d < c; ++d) { float s = 0; for (int k = 1; k < 4; ++k) s += w[k * c + d] * y[(t - k) * c + d]; y[t * c + d] = s; } })"));
  // Channels decide which steps count.
  EXPECT_FALSE(recognised(kWindows, R"(void f(const float* x, const float* w, float* y, int n, int c) {
  for (int t = 0; t < n; ++t) for (int d = 0; d < c; ++d) { float s = 0; for (int k = 0; k < 4; ++k) if (d + k < c) s += w[k * c + d] * x[(t + k) * c + d]; y[t * c + d] = s; } })"));
  // A plain matrix product has no window.
  EXPECT_FALSE(recognised(kWindows, R"(void f(const float* a, const float* b, float* y, int n, int m, int c) {
  for (int t = 0; t < n; ++t) for (int d = 0; d < c; ++d) { float s = 0; for (int k = 0; k < m; ++k) s += a[t * m + k] * b[k * c + d]; y[t * c + d] = s; } })"));
  // With the channels outermost the last one to write an element would be another one.
  EXPECT_FALSE(recognised(kWindows, R"(void f(const float* x, const float* w, float* y, int n, int c) {
  for (int d = 0; d < c; ++d) for (int t = 0; t < n; ++t) { float s = 0; for (int k = 0; k < 4; ++k) s += w[k * c + d] * x[(t + k) * c + d]; y[t + d] = s; } })"));
}

}  // namespace
}  // namespace ke
