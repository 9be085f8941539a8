// SPDX-License-Identifier: MIT
#include "tests/unit/templates/recognise.h"

namespace ke {
namespace {

const char* const kContraction = "contraction";

RewriteRules noalias_rules() {
  RewriteRules rules;
  rules.noalias = true;
  return rules;
}

// The loops behind the kernel's own question are for sizes that pay for no kernel.
TEST(Contraction, NoOtherTemplateServesTheSizesThatItDeclines) {
  const char* const source = R"(void f(const float* a, const float* b, float* c, int m, int n, int k) {
  for (int i = 0; i < m; ++i) {
    for (int j = 0; j < n; ++j) {
      float sum = 0.0f;
      for (int p = 0; p < k; ++p) sum += a[i * k + p] * b[p * n + j];
      c[i * n + j] = sum;
    }
  }
})";
  size_t alone = 0;
  for (const TemplateCandidate& made : template_candidates(source, "f", noalias_rules())) {
    if (made.family != kContraction) continue;
    ++alone;
    EXPECT_EQ(made.source.find("ke_taps"), std::string::npos) << made.detail;
    EXPECT_LE(made.prior, 30) << made.detail;
  }
  EXPECT_GE(alone, 1u);
}

TEST(Contraction, SquaredDistancesThroughAHelperWithArgmin) {
  const std::string source = R"(
static float distance(const float* x, const float* y, int d) {
  float s = 0.0f;
  for (int t = 0; t < d; ++t) { const float e = x[t] - y[t]; s += e * e; }
  return s;
}
void f(const float* a, const float* b, int* c, int m, int n, int k) {
  for (int i = 0; i < m; ++i) {
    float best = 1e30f;
    int at = -1;
    for (int j = 0; j < n; ++j) {
      const float one = distance(a + i * k, b + j * k, k);
      if (one < best) { best = one; at = j; }
    }
    c[i] = at;
  }
})";
  EXPECT_EQ(differences({source, made_by(kContraction, source), R"(
  for (long m : {0, 1, 2, 9, 70}) for (long n : {0, 1, 3, 16, 65}) for (long k : {1, 5, 64}) {
    auto a = values(m * k), b = values(k * n);
    std::vector<int> c(m, -7), d(m, -7);
    original::f(a.data(), b.data(), c.data(), m, n, k);
    rewritten::f(a.data(), b.data(), d.data(), m, n, k);
    compare("nearest", m * 1000 + n, c, d);
  })",
                         true, kUnoptimised}),
            "");
}

TEST(Contraction, BytesIntoIntegers) {
  const std::string source = R"(#include <cstdint>
void f(const std::int8_t* a, const std::int8_t* b, std::int32_t* c, int m, int n, int k) {
  for (int i = 0; i < m; ++i)
    for (int j = 0; j < n; ++j) {
      std::int32_t s = 0;
      for (int p = 0; p < k; ++p) s += static_cast<std::int32_t>(a[i * k + p]) * static_cast<std::int32_t>(b[j * k + p]);
      c[i * n + j] = s;
    }
})";
  EXPECT_EQ(differences({source, made_by(kContraction, source), R"(
  for (long m : {1, 2, 9, 40}) for (long n : {1, 3, 17, 65}) for (long k : {1, 5, 300}) {
    std::vector<int8_t> a(m * k), b(n * k);
    for (auto& x : a) x = int8_t(value() * 127);
    for (auto& x : b) x = int8_t(value() * 127);
    std::vector<int32_t> c(m * n), d(m * n);
    original::f(a.data(), b.data(), c.data(), m, n, k);
    rewritten::f(a.data(), b.data(), d.data(), m, n, k);
    compare("bytes", m * 1000 + n, c, d);
  })",
                         true, kUnoptimised}),
            "");
}

TEST(Contraction, BytesWithZeroPoints) {
  expect_same(kContraction, R"(#include <cstdint>
void f(const std::uint8_t* a, const std::int8_t* b, std::int32_t* c, int m, int n, int k, int za, int zb) {
  for (int i = 0; i < m; ++i)
    for (int j = 0; j < n; ++j) {
      int s = 0;
      for (int p = 0; p < k; ++p) s += ((int)a[i * k + p] - za) * (b[p * n + j] - zb);
      c[i * n + j] = s;
    }
})",
              R"(
  for (long m : {1, 2, 9, 40}) for (long n : {1, 3, 17, 65}) for (long k : {1, 5, 300}) {
    std::vector<uint8_t> a(m * k);
    std::vector<int8_t> b(n * k);
    for (auto& x : a) x = uint8_t(128 + value() * 127);
    for (auto& x : b) x = int8_t(value() * 127);
    std::vector<int32_t> c(m * n), d(m * n);
    original::f(a.data(), b.data(), c.data(), m, n, k, 100, -3);
    rewritten::f(a.data(), b.data(), d.data(), m, n, k, 100, -3);
    compare("bytes", m * 1000 + n, c, d);
  })");
}

TEST(Contraction, BatchesOfStridedConvolutions) {
  expect_same(kContraction, R"(
void f(const float* x, const float* w, float* y, int batch, int ci, int co, int h, int width, int stride) {
  const int oh = (h + 2 - 3) / stride + 1, ow = (width + 2 - 3) / stride + 1;
  for (int n = 0; n < batch; ++n)
    for (int o = 0; o < co; ++o)
      for (int r = 0; r < oh; ++r)
        for (int q = 0; q < ow; ++q) {
          float s = 0;
          for (int c = 0; c < ci; ++c)
            for (int u = 0; u < 3; ++u) {
              const int row = r * stride + u - 1;
              if (row < 0 || row >= h) continue;
              for (int v = 0; v < 3; ++v) {
                const int col = q * stride + v - 1;
                if (col >= 0 && col < width)
                  s += x[((n * ci + c) * h + row) * width + col] * w[((o * ci + c) * 3 + u) * 3 + v];
              }
            }
          y[((n * co + o) * oh + r) * ow + q] = s > 0 ? s : 0;
        }
})",
              R"(
  for (int stride : {1, 2}) for (int ci : {1, 4}) for (int co : {1, 9}) for (int h : {1, 3, 8}) for (int w : {2, 7, 34}) {
    auto x = values(2 * ci * h * w, stride), k = values(co * ci * 9), y = values(2 * co * h * w), z = y;
    original::f(x.data(), k.data(), y.data(), 2, ci, co, h, w, stride);
    rewritten::f(x.data(), k.data(), z.data(), 2, ci, co, h, w, stride);
    compare("strided", h * 100 + w, y, z);
  })",
              noalias_rules(), kUnoptimised);
}

const char* const kConvolutionDriver = R"(
  for (long o : {1, 3, 8, 17}) for (long i : {1, 4}) for (long h : {1, 2, 5, 12}) for (long w : {1, 3, 8, 33})
    for (int special : {0, 1, 2}) {
      auto x = values(i * h * w, special), f = values(o * i * 9, special == 2 ? 2 : 0), y = values(o * h * w), z = y;
      original::f(x.data(), f.data(), y.data(), i, o, h, w);
      rewritten::f(x.data(), f.data(), z.data(), i, o, h, w);
      compare("convolution", o * 10000 + h * 100 + w, y, z);
    }
)";

TEST(Contraction, ConvolutionWithBorderTests) {
  expect_same(kContraction, R"(
static bool inside(int y, int x, int h, int w) { return y >= 0 && y < h && x >= 0 && x < w; }
void f(const float* image, const float* weight, float* output, int ci, int co, int height, int width) {
  for (int o = 0; o < co; o++)
    for (int y = 0; y < height; y++)
      for (int x = 0; x < width; x++) {
        float sum = 0.0f;
        for (int i = 0; i < ci; i++)
          for (int dy = -1; dy <= 1; dy++)
            for (int dx = -1; dx <= 1; dx++)
              if (inside(y + dy, x + dx, height, width))
                sum += image[(i * height + y + dy) * width + x + dx] * weight[((o * ci + i) * 3 + dy + 1) * 3 + dx + 1];
        output[(o * height + y) * width + x] = sum;
      }
})",
              kConvolutionDriver, {}, kUnoptimised);
}

// Interleaved channels: the rows' side is padded.
const char* const kInterleaved = R"(
void f(const float* image, const float* weight, float* output, int ci, int co, int height, int width) {
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x)
      for (int o = 0; o < co; ++o) {
        float sum = 1.0f;
        for (int u = 0; u < 3; ++u)
          for (int v = 0; v < 3; ++v) {
            const int row = y + u - 1, column = x + v - 1;
            if (row < 0 || row >= height || column < 0 || column >= width) continue;
            for (int i = 0; i < ci; ++i)
              sum += image[(row * width + column) * ci + i] * weight[((u * 3 + v) * ci + i) * co + o];
          }
        output[(y * width + x) * co + o] = sum;
      }
})";

const char* const kStridedAndDilated =
    R"(void f(const float* in, const float* filter, const float* bias, float* out, int h, int w, int ci, int co, int ks, int stride, int pad, int dil) {
  const int oh = (h + 2 * pad - dil * (ks - 1) - 1) / stride + 1, ow = (w + 2 * pad - dil * (ks - 1) - 1) / stride + 1;
  for (int oy = 0; oy < oh; ++oy)
    for (int ox = 0; ox < ow; ++ox)
      for (int o = 0; o < co; ++o) {
        float acc = bias[o];
        for (int ky = 0; ky < ks; ++ky) {
          const int iy = oy * stride - pad + ky * dil;
          if (iy < 0 || iy >= h) continue;
          for (int kx = 0; kx < ks; ++kx) {
            const int ix = ox * stride - pad + kx * dil;
            if (ix < 0 || ix >= w) continue;
            for (int c = 0; c < ci; ++c)
              acc += in[(iy * w + ix) * ci + c] * filter[((o * ks + ky) * ks + kx) * ci + c];
          }
        }
        out[(oy * ow + ox) * co + o] = acc < 0 ? 0 : acc > 6 ? 6 : acc;
      }
})";

// Strides leave gaps that nobody reads: the image ends there.
const char* const kStridedAndDilatedDriver = R"(
  for (int h : {1, 5, 8}) for (int w : {3, 7, 16}) for (int ci : {1, 3}) for (int co : {2, 17}) for (int ks : {1, 2, 3})
    for (int stride : {1, 2, 3}) for (int pad : {0, 1, 2}) for (int dil : {1, 2}) for (int special : {0, 1, 2}) {
      const int oh = (h + 2 * pad - dil * (ks - 1) - 1) / stride + 1, ow = (w + 2 * pad - dil * (ks - 1) - 1) / stride + 1;
      if (h + 2 * pad < dil * (ks - 1) + 1 || w + 2 * pad < dil * (ks - 1) + 1) continue;
      long last = 0;  // behind it nothing is read
      for (int y = 0; y < oh; ++y) for (int u = 0; u < ks; ++u) for (int x = 0; x < ow; ++x) for (int v = 0; v < ks; ++v) {
        const int iy = y * stride - pad + u * dil, ix = x * stride - pad + v * dil;
        if (iy >= 0 && iy < h && ix >= 0 && ix < w) last = std::max(last, (iy * w + ix + 1L) * ci);
      }
      auto x = values(last, special), k = values(co * ks * ks * ci, special == 2), b = values(co), y = values(oh * ow * co), z = y;
      original::f(x.data(), k.data(), b.data(), y.data(), h, w, ci, co, ks, stride, pad, dil);
      rewritten::f(x.data(), k.data(), b.data(), z.data(), h, w, ci, co, ks, stride, pad, dil);
      compare("interleaved", h * 100 + w, y, z);
    }
)";

TEST(Contraction, ConvolutionsOverInterleavedChannels) {
  const std::string made = made_by(kContraction, kStridedAndDilated, noalias_rules());
  EXPECT_NE(made.find("_pad(&ke_sums"), std::string::npos);
  expect_same_on_every_machine(
      kContraction, {{kInterleaved, kConvolutionDriver, {}, Machines::this_one},
                     {kStridedAndDilated, kStridedAndDilatedDriver, noalias_rules(), Machines::this_one}});
}

TEST(Contraction, IsSilentAboutWhatIsNone) {
  // A recurrence: each row reads what the one before has written.
  EXPECT_FALSE(recognised(kContraction, R"(void f(float* c, const float* b, int m, int n, int k) {
  for (int i = 1; i < m; i++) for (int j = 0; j < n; j++) { float s = 0;
    for (int p = 0; p < k; p++) s += c[(i - 1) * n + p] * b[p * n + j];
    c[i * n + j] = s; } })"));
  // Triangular: the extent of the sum differs from row to row.
  EXPECT_FALSE(recognised(kContraction, R"(void f(const float* a, const float* b, float* c, int n) {
  for (int i = 0; i < n; i++) for (int j = 0; j < n; j++) { float s = 0;
    for (int p = 0; p <= i; p++) s += a[i * n + p] * b[p * n + j];
    c[i * n + j] = s; } })"));
  // A call that may do anything.
  EXPECT_FALSE(recognised(kContraction, R"(void log_it(int);
void f(const float* a, const float* b, float* c, int n) {
  for (int i = 0; i < n; i++) for (int j = 0; j < n; j++) { float s = 0; log_it(i);
    for (int p = 0; p < n; p++) s += a[i * n + p] * b[p * n + j];
    c[i * n + j] = s; } })"));
  // The sum stands behind a condition: its elements need not exist.
  EXPECT_FALSE(
      recognised(kContraction, R"(void f(const float* a, const float* b, float* c, const int* mask, int n) {
  for (int i = 0; i < n; i++) for (int j = 0; j < n; j++) { float s = 0;
    if (mask[i]) for (int p = 0; p < n; p++) s += a[i * n + p] * b[p * n + j];
    c[i * n + j] = s; } })"));
  // A table of places that the region changes, a product of indices, a float sum of doubles.
  EXPECT_FALSE(recognised(kContraction, R"(void f(const float* a, const float* b, float* c, int* t, int n) {
  for (int i = 0; i < n; i++) for (int j = 0; j < n; j++) { float s = 0;
    for (int p = 0; p < n; p++) s += a[i * n + p] * b[t[p] * n + j];
    c[i * n + j] = s; t[j] = 0; } })"));
  EXPECT_FALSE(recognised(kContraction, R"(void f(const float* a, const float* b, float* c, int n) {
  for (int i = 0; i < n; i++) for (int j = 0; j < n; j++) { float s = 0;
    for (int p = 0; p < n; p++) s += a[i * p] * b[p * n + j];
    c[i * n + j] = s; } })"));
  EXPECT_FALSE(recognised(kContraction, R"(void f(const double* a, const double* b, float* c, int n) {
  for (int i = 0; i < n; i++) for (int j = 0; j < n; j++) { float s = 0;
    for (int p = 0; p < n; p++) s += a[i * n + p] * b[p * n + j];
    c[i * n + j] = s; } })"));
  // Unsigned arithmetic in a border test wraps.
  EXPECT_FALSE(
      recognised(kContraction, R"(void f(const float* x, const float* w, float* y, unsigned n, unsigned o) {
  for (unsigned c = 0; c < o; c++) for (unsigned i = 0; i < n; i++) { float s = 0;
    for (unsigned t = 0; t < 3; t++) if (i + t - 1 < n) s += x[i + t - 1] * w[c * 3 + t];
    y[c * n + i] = s; } })"));
}

}  // namespace
}  // namespace ke
