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
              apart_rules(), kUnoptimised);
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
              apart_rules(), kUnoptimised);
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
              apart_rules(), kUnoptimised);
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
  })",
      {}, kUnoptimised);
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
