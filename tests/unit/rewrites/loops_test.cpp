// SPDX-License-Identifier: MIT
#include "tests/unit/rewrites/trial.h"

#include <gtest/gtest.h>

namespace ke {
namespace {

constexpr const char* kGemm = R"(
void f(const float* a, const float* b, float* c, int m, int n, int k, float beta) {
  for (int i = 0; i < m; i++) {
    for (int j = 0; j < n; j++) {
      float sum = 0;
      for (int p = 0; p < k; p++) {
        sum += a[i * k + p] * b[p * n + j];
      }
      c[i * n + j] = sum + beta * c[i * n + j];
    }
  }
})";

constexpr const char* kGemmDriver = R"(
  for (int m : {0, 1, 3, 4, 9}) for (int n : {0, 1, 15, 16, 17, 33, 130}) for (int k : {0, 1, 5}) for (int special : {0, 1}) {
    std::vector<float> a = values(m * k, special), b = values(k * n), c = values(m * n), d = c;
    original::f(a.data(), b.data(), c.data(), m, n, k, 0.5f); rewritten::f(a.data(), b.data(), d.data(), m, n, k, 0.5f);
    compare("gemm", n, c, d);
    std::vector<float> p = values(m * k + m * n + k * n), q = p;  // c lies on the end of b
    original::f(a.data(), p.data(), p.data() + k * n / 2, m, n, k, 0.5f); rewritten::f(a.data(), q.data(), q.data() + k * n / 2, m, n, k, 0.5f);
    compare("overlapping gemm", n, p, q);
  })";

TEST(OuterVectorize, MatrixProductInFullAndPartialStrips) {
  for (int width : {16, -128})
    EXPECT_EQ(differences({kGemm, rewritten_by("outer_vectorize", kGemm, width), kGemmDriver}), "");
}

TEST(UnrollAndJam, ComposesWithStripsIntoRegisterTiles) {
  std::string strips = rewritten_by("outer_vectorize", kGemm, 16);
  std::string tiles = rewritten_by("unroll_and_jam", strips, 4);
  EXPECT_NE(tiles.find("sum_3[lane] +="), std::string::npos) << tiles;
  EXPECT_EQ(differences({kGemm, tiles, kGemmDriver}), "");
}

constexpr const char* kConvolution = R"(
inline bool inside(int y, int x, int h, int w) { return y >= 0 && y < h && x >= 0 && x < w; }
void f(const float* in, const float* k, float* out, float* skipped, int h, int w) {
  for (int y = 0; y < h; ++y)
    for (int x = 0; x < w; ++x) {
      float sum = 0.0f, other = 1.0f;
      for (int dy = -1; dy <= 1; ++dy)
        for (int dx = -2; dx <= 2; ++dx) {
          if (inside(y + dy, x + dx, h, w)) sum += in[(y + dy) * w + x + dx] * k[(dy + 1) * 5 + dx + 2];
        }
      for (int dx = 0; dx < 3; ++dx) {
        const int ix = x - dx;
        if (ix < 0 || y == 2 || ix >= w - 1) continue;
        other += in[y * w + ix];
      }
      out[y * w + x] = sum;
      skipped[y * w + x] = other;
    }
})";

TEST(OuterVectorize, TurnsBorderTestsIntoBoundsOfTheLanes) {
  RewriteRules rules;
  rules.noalias = true;
  const char* driver = R"(
  for (int h : {0, 1, 2, 5}) for (int w : {0, 1, 2, 3, 4, 5, 15, 16, 17, 20, 33, 130}) {
    std::vector<float> in = values(h * w), k = values(15), a(h * w), b(h * w), c(h * w), d(h * w);
    original::f(in.data(), k.data(), a.data(), b.data(), h, w); rewritten::f(in.data(), k.data(), c.data(), d.data(), h, w);
    compare("convolution", w, a, c); compare("skipping", w, b, d);
  })";
  for (int width : {16, -128}) {
    std::string made = rewritten_by("outer_vectorize", kConvolution, width, rules);
    EXPECT_NE(made.find("first_lane"), std::string::npos) << made;
    EXPECT_EQ(differences({kConvolution, made, driver}), "");
  }
}

// Lanes that a border cuts off follow the row, and other loops over lanes of that name do not.
TEST(UnrollAndJam, TellsCountersOfOneNameApart) {
  RewriteRules rules;
  rules.noalias = true;
  const std::string plain = R"(
void f(const float* in, const float* k, float* out, int h, int w) {
  for (int y = 0; y < h; ++y)
    for (int x = 0; x < w; ++x) {
      float sum = 0.0f;
      for (int dy = -1; dy <= 1; ++dy)
        for (int dx = -2; dx <= 2; ++dx)
          if (y + dy >= 0 && y + dy < h && x + dx >= 0 && x + dx < w)
            sum += in[(y + dy) * w + x + dx] * k[(dy + 1) * 5 + dx + 2];
      out[y * w + x] = sum;
    }
})";
  const char* driver = R"(
  for (int h : {0, 1, 2, 5, 9}) for (int w : {0, 1, 2, 3, 15, 16, 17, 33, 50}) {
    std::vector<float> in = values(h * w), k = values(15), a(h * w), b(h * w);
    original::f(in.data(), k.data(), a.data(), h, w); rewritten::f(in.data(), k.data(), b.data(), h, w);
    compare("convolution", w, a, b);
  })";
  const std::string strips = rewritten_by("outer_vectorize", plain, 16, rules);
  const std::string tiles = rewritten_by("unroll_and_jam", strips, 4, rules);
  EXPECT_NE(tiles.find("sum_3[lane] ="), std::string::npos) << tiles;
  EXPECT_NE(tiles.find("sum_3[lane_3] +="), std::string::npos) << tiles;
  EXPECT_EQ(differences({plain, tiles, driver}), "");
}

// Counters declared before the loops, as in C before 1999.
constexpr const char* kOldStyle = R"(
void f(int m, int n, int k, const float* a, const float* b, float* c) {
  int i, j, p;
  for (i = 0; i < m; ++i) {
    for (j = 0; j < n; ++j) {
      float sum = 0;
      for (p = 0; p < k; ++p) sum += a[i * k + p] * b[j * k + p];
      c[i * n + j] += sum;
    }
  }
})";

TEST(MultiAccumulator, TakesCountersThatAreDeclaredBefore) {
  RewriteRules rules;
  rules.noalias = true;
  const char* driver = R"(
  for (int k : {0, 1, 7, 8, 33, 100}) {
    std::vector<float> a = values(5 * k), b = values(3 * k), c = values(15), d = c;
    original::f(5, 3, k, a.data(), b.data(), c.data()); rewritten::f(5, 3, k, a.data(), b.data(), d.data());
    compare("product", k, c, d);
  })";
  EXPECT_EQ(differences({kOldStyle, rewritten_by("multi_accumulator", kOldStyle, 8, rules), driver}), "");
}

TEST(MultiAccumulator, LeavesCountersAloneThatAreReadAfterTheLoop) {
  const std::string head = "float f(const float* x, long n, long* end) { long i; float s = 0; ";
  EXPECT_EQ(results_of("multi_accumulator", head + "for (i = 0; i < n; ++i) s += x[i]; return s; }", 8), 1u);
  EXPECT_EQ(
      results_of("multi_accumulator", head + "for (i = 0; i < n; ++i) s += x[i]; *end = i; return s; }", 8),
      0u);
  EXPECT_EQ(
      results_of("multi_accumulator",
                 "float f(const float* x, long n, long i) { float s = 0; for (i = 0; i < n; ++i) s += x[i]; "
                 "return s; }",
                 8),
      0u)
      << "a parameter";
}

TEST(OuterVectorize, NeedsIndependentIterations) {
  RewriteRules rules;
  rules.noalias = true;
  // Each iteration reads what the one before wrote.
  EXPECT_EQ(results_of("outer_vectorize",
                       "void f(float* x, int n, int m) { for (int j = 1; j < n; ++j) { float s = 0; for (int "
                       "i = 0; i < m; ++i) s += x[j - 1] * i; x[j] = s; } }",
                       16, rules),
            0u);
  // All iterations write one place.
  EXPECT_EQ(results_of("outer_vectorize",
                       "void f(const float* x, float* y, int n, int m) { for (int j = 0; j < n; ++j) { float "
                       "s = 0; for (int i = 0; i < m; ++i) s += x[i * n + j]; y[0] = s; } }",
                       16, rules),
            0u);
  // Nobody knows where these writes go.
  EXPECT_EQ(
      results_of("outer_vectorize",
                 "void f(const float* x, const int* at, float* y, int n, int m) { for (int j = 0; j < n; "
                 "++j) { float s = 0; for (int i = 0; i < m; ++i) s += x[i * n + j]; y[at[j]] = s; } }",
                 16, rules),
      0u);
}

constexpr const char* kTranspose = R"(
#define AT(row, column, columns) ((row) * (columns) + (column))
void f(const float* x, float* y, unsigned long rows, unsigned long cols) {
  for (unsigned long r = 0; r < rows; ++r) {
    for (unsigned long c = 0; c < cols; ++c) {
      y[AT(c, r, rows)] = x[AT(r, c, cols)];
    }
  }
})";

TEST(Tile, TransposesAlsoWhereBuffersOverlap) {
  const char* driver = R"(
  for (long r : {0, 1, 7, 16, 17, 33}) for (long c : {0, 1, 15, 16, 40}) {
    std::vector<float> x = values(r * c), y(r * c), z(r * c);
    original::f(x.data(), y.data(), r, c); rewritten::f(x.data(), z.data(), r, c);
    compare("transpose", r, y, z);
    std::vector<float> p = values(r * c + 5), q = p;
    original::f(p.data(), p.data() + 5, r, c); rewritten::f(q.data(), q.data() + 5, r, c);
    compare("overlapping", r, p, q);
  })";
  for (int size : {16, -8})
    EXPECT_EQ(differences({kTranspose, rewritten_by("tile", kTranspose, size), driver}), "");
}

constexpr const char* kColumns = R"(
void f(const double* x, double* y, long rows, long cols) {
  for (long j = 0; j < cols; ++j)
    for (long i = 0; i < rows; ++i) y[i * cols + j] = x[i * cols + j] * 2;
})";

TEST(Interchange, WalksRowsInsteadOfColumns) {
  const char* driver = R"(
  for (long r : {0, 1, 7}) for (long c : {0, 1, 5, 16}) {
    std::vector<double> x(r * c, 1.5), y(r * c), z(r * c);
    original::f(x.data(), y.data(), r, c); rewritten::f(x.data(), z.data(), r, c);
    compare("columns", r, y, z);
    std::vector<double> p(r * c + 3, 1.25), q = p;
    original::f(p.data(), p.data() + 3, r, c); rewritten::f(q.data(), q.data() + 3, r, c);
    compare("overlapping", r, p, q);
    original::f(p.data(), p.data(), r, c); rewritten::f(q.data(), q.data(), r, c);
    compare("in place", r, p, q);
  })";
  std::string made = rewritten_by("interchange", kColumns, 0);
  EXPECT_LT(made.find("for (long i"), made.find("for (long j"));
  EXPECT_EQ(differences({kColumns, made, driver}), "");
}

constexpr const char* kStencil = R"(
void f(const float* in, float* out, int h, int w) {
  for (int y = 0; y < h; ++y) {
    for (int x = 0; x < w; ++x) {
      const float center = in[y * w + x];
      if (y == 0 || y == h - 1 || x < 2 || x >= w - 1) {
        out[y * w + x] = center;
      } else {
        out[y * w + x] = center + in[(y - 1) * w + x] - in[y * w + x - 2] + in[y * w + x + 1];
      }
    }
  }
})";

TEST(BorderSplit, KeepsTheBorderOfNarrowImagesAndOverlappingOnes) {
  const char* driver = R"(
  for (int h : {0, 1, 2, 3, 5}) for (int w : {0, 1, 2, 3, 4, 5, 9, 33}) {
    std::vector<float> x = values(h * w), y(h * w), z(h * w);
    original::f(x.data(), y.data(), h, w); rewritten::f(x.data(), z.data(), h, w);
    compare("stencil", w, y, z);
    std::vector<float> p = values(h * w + 1), q = p;
    original::f(p.data(), p.data() + 1, h, w); rewritten::f(q.data(), q.data() + 1, h, w);
    compare("overlapping", w, p, q);
  })";
  EXPECT_EQ(differences({kStencil, rewritten_by("border_split", kStencil, 0), driver}), "");
}

// Real and imaginary parts lie side by side; so do coordinates.
TEST(OuterVectorize, InterleavedParts) {
  const std::string source = R"(void f(const float* x, const float* h, float* y, long n, long taps) {
  for (long i = 0; i < n; i++) {
    float re = 0.0f, im = 0.0f;
    for (long k = 0; k < taps; k++) {
      const float* s = x + 2 * (i + taps - 1 - k);
      re += h[2 * k] * s[0] - h[2 * k + 1] * s[1];
      im += h[2 * k] * s[1] + h[2 * k + 1] * s[0];
    }
    y[2 * i] = re;
    y[2 * i + 1] = im;
  }
})";
  const std::string driver = R"(
  for (long n : sizes) for (long taps : {1, 2, 7, 33}) for (int special : {0, 1, 2}) {
    auto x = values(2 * (n + taps), special), h = values(2 * taps), y = values(2 * n), z = y;
    original::f(x.data(), h.data(), y.data(), n, taps);
    rewritten::f(x.data(), h.data(), z.data(), n, taps);
    compare("parts", n * 100 + taps, y, z);
    auto u = x, v = x;
    original::f(u.data(), h.data(), u.data(), n, taps);
    rewritten::f(v.data(), h.data(), v.data(), n, taps);
    compare("in place", n * 100 + taps, u, v);
  })";
  for (const int width : {16, -128})
    EXPECT_EQ(differences({source, rewritten_by("outer_vectorize", source, width), driver}), "");
  // One part alone is a gap beside each element.
  EXPECT_EQ(
      results_of("outer_vectorize",
                 "void f(const float* x, float* y, long n, long m) {\n  for (long i = 0; i < n; ++i) {\n"
                 "    float s = 0;\n    for (long k = 0; k < m; ++k) s += x[2 * (i + k)];\n    y[2 * i] = "
                 "s;\n  }\n}",
                 16),
      0u);
}

}  // namespace
}  // namespace ke
