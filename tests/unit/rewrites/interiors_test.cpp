// SPDX-License-Identifier: MIT
// Windows inside of arrays, and arrays of a function's own.
#include "tests/unit/rewrites/trial.h"

#include <gtest/gtest.h>

namespace ke {
namespace {

const std::string kPictures = R"(
  for (int h : {0, 1, 2, 3, 5, 8}) for (int w : {0, 1, 2, 3, 4, 5, 9, 33}) {
    std::vector<float> x = values(h * w), y(3 * h * w + h + 1), z = y;
    original::f(x.data(), y.data(), h, w); rewritten::f(x.data(), z.data(), h, w);
    compare("windows", w, y, z);
    std::vector<float> p = values(4 * h * w + h + 2), q = p;
    original::f(p.data(), p.data() + 1, h, w); rewritten::f(q.data(), q.data() + 1, h, w);
    compare("overlapping", w, p, q);
  })";

std::string all_interiors(std::string source) {
  for (int i = 0; i < 6 && results_of("window_interior", source) > 0; ++i)
    source = rewritten_by("window_interior", source, 0);
  return source;
}

TEST(WindowInterior, SetsIterationsApartWhoseWindowsLieInside) {
  const std::string helper = R"(
static bool inside(long y, long x, long h, long w) { return y >= 0 && y < h && x >= 0 && x < w; }
static float clipped(float v) { return v < 0 ? 0 : v; }
void f(const float* x, float* y, long h, long w) {
  for (long i = 0; i < h; ++i)
    for (long j = 0; j < w; ++j) {
)";
  for (const std::string body :
       {"float s = 0; int n = 0; for (int a = -1; a <= 1; ++a) for (int b = -2; b < 3; ++b) { const long r = "
        "i + a, c = j "
        "+ b; if (!inside(r, c, h, w)) continue; s += x[r * w + c]; ++n; } y[i * w + j] = s / n;",
        "int counts[3] = {}; for (int a = -1; a <= 1; ++a) { if (i + a < 0 || i + a >= h) continue; for (int "
        "b = 0; b <= 2; "
        "++b) { if (j + b >= w) break; ++counts[clipped(x[(i + a) * w + j + b]) > 0 ? a + 1 : 0]; } } y[i * "
        "w + j] = "
        "counts[0] + 10 * counts[1] + 100 * counts[2];",
        "float s = 0; for (int b = -3; b <= 3; ++b) { const float v = j + b >= 0 && w > j + b ? x[i * w + j "
        "+ b] : 0.5f; if (i "
        "== 0 || i == h - 1) s -= v; else s += v * v; } y[i * w + j] = s;",
        "float s = 0; for (int b = -1; b <= 1; ++b) if (0 <= j - b) if (j - b < w) { const float t = x[i * w "
        "+ j - b]; s += "
        "t; } else s += 3; y[i * w + j] = s;"}) {
    const std::string source = helper + body + "\n    }\n}\n";
    const std::string made = all_interiors(source);
    EXPECT_NE(made.find("j_tail"), std::string::npos) << made;
    EXPECT_EQ(differences({source, made, kPictures}), "") << made;
    EXPECT_EQ(results_of("window_interior", made), 0u) << made;
  }
}

TEST(WindowInterior, LeavesTestsThatMeanSomethingElse) {
  const auto count = [](const std::string& test, const std::string& loop = "for (long i = 0; i < n; ++i)",
                        const std::string& before = "") {
    return results_of(
        "window_interior",
        before + "void f(const float* x, float* y, long n, long m, int radius, unsigned long u) {\n" + loop +
            " {\n float s = 0;\n for (int k = -2; k <= 2; ++k) {\n" + test +
            "\n s += x[i + k]; }\n y[i] = s;\n}\n}\n");
  };
  EXPECT_EQ(count("if (i + k < 0 || i + k >= n) continue;"), 1u);
  EXPECT_EQ(count("if (i + k < 0 || i + k >= m) continue;"), 1u) << "its front";
  EXPECT_EQ(count("if (i + k >= m) continue;"), 0u) << "another length";
  EXPECT_EQ(count("if (i + k >= u) continue;"), 0u) << "negative numbers are large";
  EXPECT_EQ(count("if (static_cast<unsigned long>(i + k) >= n) continue;"), 0u);
  EXPECT_EQ(count("const unsigned long at = i + k; if (at >= n) continue;"), 0u);
  EXPECT_EQ(count("if (i * k < 0) continue;"), 0u);
  EXPECT_EQ(count("if (i + k < 0) return;"), 0u);
  EXPECT_EQ(count("if (i + k >= n) { --n; continue; }"), 0u) << "the border moves";
  EXPECT_EQ(count("static int calls = 0; if (i + k >= n) continue; ++calls;"), 0u);
  EXPECT_EQ(count("if (i + k >= n) continue; g(&n);"), 0u);
  EXPECT_EQ(count("if (x[i] > k) continue;"), 0u);
  EXPECT_EQ(count("if (i + k < 0) continue;", "for (unsigned long i = 0; i < n; ++i)"), 0u);
  EXPECT_EQ(count("if (i + k < 0) continue;", "for (long i = 0; i < n; i += 2)"), 0u);
  EXPECT_EQ(count("if (i + radius * k < 0) continue;"), 0u) << "nobody knows how far";
  EXPECT_EQ(count("if (!in(i + k, n)) continue;", "for (long i = 0; i < n; ++i)",
                  "static bool in(long v, long n) { return v >= 0 && v < n; }\n"),
            1u);
  EXPECT_EQ(count("if (!in(i + k, n)) continue;", "for (long i = 0; i < n; ++i)",
                  "static bool in(unsigned long v, unsigned long n) { return v < n; }\n"),
            0u)
      << "what it takes is unsigned";
}

TEST(PlainArrays, AreArraysOfTheLanguage) {
  const std::string source = R"(#include <array>
void f(const float* x, float* y, long h, long w) {
  static constexpr std::array<float, 3> taps = {0.25f, 0.5f, 0.25f};
  for (long i = 0; i < h; ++i) {
    std::array<float, 2 * 2> sums{};
    std::array<int, 3> counts;
    for (std::size_t k = 0; k < counts.size(); ++k) counts[k] = static_cast<int>(k);
    const auto add = [&](long at) { sums[at & 3] += taps[at % 3]; ++counts[at % 3]; };
    for (long j = 0; j < w; ++j) {
      add(j);
      sums[j % 4] += x[i * w + j];
    }
    y[i] = sums[0] + 2 * sums[1] + 3 * sums[2] + 4 * sums[3] + counts[0] - counts[2];
  }
})";
  std::string made = source;
  for (int i = 0; i < 3; ++i) made = rewritten_by("plain_arrays", made, 0);
  EXPECT_EQ(made.find("std::array<"), std::string::npos) << made;
  EXPECT_NE(made.find("float sums[2 * 2] = {};"), std::string::npos) << made;
  EXPECT_EQ(differences({source, made, kPictures}), "") << made;
}

TEST(PlainArrays, StayObjectsWhereMoreIsAskedOfThem) {
  const auto count = [](const std::string& body) {
    return results_of("plain_arrays", "#include <array>\nvoid f(float* y, long n) {\n" + body + "\n}\n");
  };
  EXPECT_EQ(count("std::array<float, 3> a{}; y[0] = a[n];"), 1u);
  EXPECT_EQ(count("std::array<float, 3> a{}; a.fill(1); y[0] = a[n];"), 0u);
  EXPECT_EQ(count("std::array<float, 3> a{}, b{}; y[0] = a[n];"), 0u);
  EXPECT_EQ(count("std::array<float, 3> a{}; auto b = a; y[0] = a[n];"), 0u);
  EXPECT_EQ(count("std::array<float, 3> a{}; g(a); y[0] = a[n];"), 0u);
  EXPECT_EQ(count("std::array<float, 3> a{}; for (float v : a) y[0] += v;"), 0u);
  EXPECT_EQ(count("std::array<float, 3> a{{1, 2, 3}}; y[0] = a[n];"), 0u);
  EXPECT_EQ(count("std::array<float, 0> a{}; y[0] = a.size();"), 0u);
  EXPECT_EQ(count("std::array<std::array<float, 2>, 3> a{}; y[0] = a[n][0];"), 0u);
  EXPECT_EQ(count("std::array<float, 3> a{}; { std::array<float, 3> a{}; y[1] = a[0]; } y[0] = a[n];"), 0u);
  EXPECT_EQ(count("std::array<float, 3> a = make(); y[0] = a[n];"), 0u);
  EXPECT_EQ(count("std::array<float, 3> a{}; y[0] = sizeof a;"), 0u);
}

}  // namespace
}  // namespace ke
