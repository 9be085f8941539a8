// SPDX-License-Identifier: MIT
// Sizes around every tile, operands that end right behind their last element, and convolutions whose border
// tests become a padded copy.
#include "tests/unit/templates/recognise.h"

namespace ke {
namespace {

const char* const kShapesFamily = "contraction";

RewriteRules apart_rules() {
  RewriteRules rules;
  rules.noalias = true;
  return rules;
}

std::string found_detail(const std::string& source) {
  for (const TemplateCandidate& made : template_candidates(source, "f", apart_rules()))
    if (made.family == kShapesFamily) return made.source;
  return "";
}

// Rows of leading dimensions: nothing may be read behind the last element of the last row.
TEST(ContractionShapes, TileBoundariesAtEveryLevel) {
  expect_same_on_every_machine(
      kShapesFamily,
      R"(void f(int m, int n, int k, float alpha, const float* a, int lda, const float* b, int ldb, float beta, float* c, int ldc) {
  for (int i = 0; i < m; ++i) {
    for (int j = 0; j < n; ++j) c[i * ldc + j] = beta * c[i * ldc + j];
    for (int p = 0; p < k; ++p) {
      const float x = alpha * a[i * lda + p];
      for (int j = 0; j < n; ++j) c[i * ldc + j] += x * b[p * ldb + j];
    }
  }
})",
      R"(
  const auto one = [&](int m, int n, int k) {
    const int lda = k + 3, ldb = n + 1, ldc = n + 5;
    auto a = values((m - 1) * lda + std::max(k, 1)), b = values(k ? (k - 1) * ldb + n : 1), c = values((m - 1) * ldc + n), d = c;
    original::f(m, n, k, 0.5f, a.data(), lda, b.data(), ldb, 2, c.data(), ldc);
    rewritten::f(m, n, k, 0.5f, a.data(), lda, b.data(), ldb, 2, d.data(), ldc);
    compare("tiles", (m * 1000L + n) * 1000 + k, c, d);
  };
  for (int m : {1, 5, 6, 7, 8, 9, 13, 17}) for (int n : {3, 7, 8, 9, 15, 16, 17, 31, 33, 47, 48, 49, 95, 97, 113})
    for (int k : {0, 1, 2, 131}) one(m, n, k);
  for (int m : {95, 96, 97, 191, 192, 193, 211}) for (int n : {5, 50, 96}) for (int k : {1, 17}) one(m, n, k);
  for (int k : {255, 256, 257, 521}) one(10, 50, k);
)");
}

TEST(ContractionShapes, TransposedOperandsAroundPacks) {
  expect_same_on_every_machine(kShapesFamily,
                               R"(void f(const double* a, const double* b, double* c, int m, int n, int k) {
  for (int j = 0; j < n; ++j)
    for (int i = 0; i < m; ++i) {
      double s = 0;
      for (int p = 0; p < k; ++p) s += a[p * m + i] * b[j * k + p];
      c[i + j * m] = s - c[i + j * m];
    }
})",
                               R"(
  for (int m : {1, 7, 8, 24, 25, 49, 200}) for (int n : {3, 8, 17, 200}) for (int k : {1, 15, 16, 17, 33, 257}) {
    auto x = values(m * k), y = values(k * n), z = values(m * n);
    std::vector<double> a(x.begin(), x.end()), b(y.begin(), y.end()), c(z.begin(), z.end()), d = c;
    original::f(a.data(), b.data(), c.data(), m, n, k);
    rewritten::f(a.data(), b.data(), d.data(), m, n, k);
    compare("transposed", m * 1000 + n, c, d);
  })");
}

// Interleaved channels: the rows' side is padded. Strides leave gaps that nobody reads: the image ends there.
TEST(ContractionShapes, InterleavedChannelsWithStridesAndDilation) {
  const std::string source =
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
  EXPECT_NE(found_detail(source).find("_pad(&ke_sums"), std::string::npos);
  expect_same(kShapesFamily, source,
              R"(
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
)",
              apart_rules());
}

TEST(ContractionShapes, SumsInMemoryOverBatches) {
  const std::string source =
      R"(void f(const double* x, const double* w, double* y, int batch, int ci, int co, int h, int width) {
  for (int n = 0; n < batch; n++)
    for (int o = 0; o < co; o++)
      for (int c = 0; c < ci; c++)
        for (int r = 0; r < 5; r++)
          for (int s = 0; s < 5; s++)
            for (int i = 0; i < h; i++)
              for (int q = 0; q < width; q++) {
                int from = i + r - 2, at = q + s - 2;
                if (from >= 0 && from < h && at >= 0 && at < width)
                  y[((n * co + o) * h + i) * width + q] += x[((n * ci + c) * h + from) * width + at] * w[((o * ci + c) * 5 + r) * 5 + s];
              }
})";
  expect_same(kShapesFamily, source,
              R"(
  for (int n : {1, 2}) for (int ci : {1, 3}) for (int co : {1, 9}) for (int h : {1, 2, 7, 12}) for (int w : {1, 2, 5, 31}) {
    auto a = values(n * ci * h * w), b = values(co * ci * 25), c = values(n * co * h * w);
    std::vector<double> x(a.begin(), a.end()), k(b.begin(), b.end()), y(c.begin(), c.end()), z = y;
    original::f(x.data(), k.data(), y.data(), n, ci, co, h, w);
    rewritten::f(x.data(), k.data(), z.data(), n, ci, co, h, w);
    compare("batches", h * 100 + w, y, z);
  })",
              apart_rules());
}

TEST(ContractionShapes, CausalFiltersHaveOneBorder) {
  const std::string source =
      R"(void f(const float* x, const float* w, float* y, int ci, int co, int n, int taps) {
  for (int o = 0; o < co; ++o)
    for (int t = 0; t < n; ++t) {
      float s = 0;
      for (int c = 0; c < ci; ++c)
        for (int u = 0; u < taps; ++u)
          if (t - u >= 0) s += x[c * n + t - u] * w[(o * ci + c) * taps + u];
      y[o * n + t] = s;
    }
})";
  EXPECT_NE(found_detail(source).find("_pad(&ke_sums"), std::string::npos);
  expect_same(kShapesFamily, source,
              R"(
  for (int ci : {1, 2, 16}) for (int co : {1, 3, 9}) for (int n : {1, 4, 47, 48, 200}) for (int taps : {1, 2, 5, 60}) for (int special : {0, 1, 2}) {
    auto x = values(ci * n, special), w = values(co * ci * taps, special == 2), y = values(co * n), z = y;
    original::f(x.data(), w.data(), y.data(), ci, co, n, taps);
    rewritten::f(x.data(), w.data(), z.data(), ci, co, n, taps);
    compare("causal", n * 100 + taps, y, z);
  })",
              apart_rules());
}

// Lines of the copy are longer than the counter of the columns can count.
TEST(ContractionShapes, BytesWithBordersAndNarrowCounters) {
  expect_same(kShapesFamily, R"(#include <cstdint>
void f(const std::uint8_t* x, const std::int8_t* w, std::int32_t* y, int ci, int co, int h, signed char width) {
  for (int o = 0; o < co; ++o)
    for (int i = 0; i < h; ++i)
      for (signed char q = 0; q < width; ++q) {
        int s = 0;
        for (int c = 0; c < ci; ++c)
          for (int u = -1; u < 2; ++u)
            for (int v = -1; v < 2; ++v)
              if (i + u >= 0 && i + u < h && q + v >= 0 && q + v < width)
                s += (int)x[(c * h + i + u) * width + q + v] * (int)w[((o * ci + c) * 3 + u + 1) * 3 + v + 1];
        y[(o * h + i) * width + q] = s;
      }
})",
              R"(
  for (int ci : {1, 5}) for (int co : {1, 9}) for (int h : {1, 4, 7}) for (int w : {1, 5, 31, 126, 127}) {
    std::vector<std::uint8_t> x(ci * h * w);
    std::vector<std::int8_t> k(co * ci * 9);
    for (auto& a : x) a = std::uint8_t(128 + value() * 127);
    for (auto& a : k) a = std::int8_t(value() * 127);
    std::vector<std::int32_t> y(co * h * w), z = y;
    original::f(x.data(), k.data(), y.data(), ci, co, h, static_cast<signed char>(w));
    rewritten::f(x.data(), k.data(), z.data(), ci, co, h, static_cast<signed char>(w));
    compare("bytes", h * 1000 + w, y, z);
  })",
              apart_rules());
}

TEST(ContractionShapes, StridedConvolutionWithoutBorder) {
  expect_same(
      kShapesFamily,
      R"(void f(const float* x, const float* w, const float* b, float* y, int ci, int co, int h, int width) {
  const int oh = (h - 3) / 2 + 1, ow = (width - 3) / 2 + 1;
  for (int o = 0; o < co; ++o)
    for (int i = 0; i < oh; ++i)
      for (int j = 0; j < ow; ++j) {
        float s = 0;
        for (int c = 0; c < ci; ++c)
          for (int u = 0; u < 3; ++u)
            for (int v = 0; v < 3; ++v) s += x[(c * h + 2 * i + u) * width + 2 * j + v] * w[((o * ci + c) * 3 + u) * 3 + v];
        y[(o * oh + i) * ow + j] = s + b[o];
      }
})",
      R"(
  for (int ci : {1, 5}) for (int co : {1, 3, 9}) for (int h : {3, 4, 7, 12}) for (int w : {3, 5, 16, 31, 70}) {
    auto x = values(ci * h * w), k = values(co * ci * 9), b = values(co), y = values(co * ((h - 3) / 2 + 1) * ((w - 3) / 2 + 1)), z = y;
    original::f(x.data(), k.data(), b.data(), y.data(), ci, co, h, w);
    rewritten::f(x.data(), k.data(), b.data(), z.data(), ci, co, h, w);
    compare("valid", h * 100 + w, y, z);
  })");
}

// A coordinate under a table, or one that two tests see differently, is no line of a padded copy.
TEST(ContractionShapes, OtherBordersAreTestedTermByTerm) {
  const std::string source = R"(void f(const float* x, const float* w, float* y, int co, int n, int taps) {
  for (int o = 0; o < co; ++o)
    for (int t = 0; t < n; ++t) {
      float s = 0;
      for (int u = 0; u < taps; ++u)
        if (2 * t - 3 * u >= 0) s += x[t + u] * w[o * taps + u];
      y[o * n + t] = s;
    }
})";
  EXPECT_EQ(found_detail(source).find("_pad(&ke_sums"), std::string::npos);
  expect_same(kShapesFamily, source,
              R"(
  for (int co : {2, 9}) for (int n : {4, 47, 200}) for (int taps : {1, 2, 60}) for (int special : {0, 1, 2}) {
    auto x = values(n + taps, special), w = values(co * taps), y = values(co * n), z = y;
    original::f(x.data(), w.data(), y.data(), co, n, taps);
    rewritten::f(x.data(), w.data(), z.data(), co, n, taps);
    compare("terms", n * 100 + taps, y, z);
  })",
              apart_rules());
}

}  // namespace
}  // namespace ke
