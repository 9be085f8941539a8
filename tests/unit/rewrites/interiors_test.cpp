// SPDX-License-Identifier: MIT
// Windows inside of arrays, arrays of a function's own, and pixels.
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
        "float s = 0; for (int a = -1; a <= 1; ++a) for (int b = -2; b <= 2; ++b) { const long r = "
        "std::min(std::max(i + a, "
        "0l), h - 1), c = std::clamp<long>(j + b, 0, w - 1); s += x[r * w + c] * (a + 2 * b); } y[i * w + j] "
        "= s;",
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
  EXPECT_EQ(count("const std::int8_t c = i + k; if (c < 0 || c >= n) continue;"), 0u)
      << "negative from 128 on";
  EXPECT_EQ(count("const short c = i + k; if (c < 0) continue;"), 0u);
  EXPECT_EQ(count("const int c = i + k; if (c < 0) continue;"), 0u);
  EXPECT_EQ(count("const int c = i + k; if (c < 0) continue;", "for (int i = 0; i < n; ++i)"), 1u);
  EXPECT_EQ(count("const long c = i + k; if (c < 0) continue;", "for (int i = 0; i < n; ++i)"), 1u);
  EXPECT_EQ(count("if ((signed char)(i + k) < 0) continue;"), 0u);
  EXPECT_EQ(count("if (static_cast<short>(i + k) < 0) continue;"), 0u);
  EXPECT_EQ(count("if ((long)(i + k) < 0) continue;"), 1u);
  EXPECT_EQ(count("if (std::max<short>(i + k, 0) == i + k) s += 1;"), 0u);
  for (const std::string type : {"short", "int"})
    EXPECT_EQ(count("if (!in(i + k, n)) continue;", "for (long i = 0; i < n; ++i)",
                    "static bool in(" + type + " v, long n) { return v >= 0 && v < n; }\n"),
              0u)
        << "it takes less than it is given";
  EXPECT_EQ(
      count("const long own = static_cast<long>(u); if (!in(i + k, own)) continue;",
            "for (long i = 0; i < n; ++i)", "static bool in(long v, long n) { return v >= 0 && v < n; }\n"),
      1u);
  EXPECT_EQ(count("if (!in(i + k, 5)) continue;", "for (int i = 0; i < n; ++i)",
                  "static bool in(int v, long n) { return v >= 0 && v < n; }\n"),
            1u);
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

// Arrays of the language have an element or more.
TEST(PlainArrays, AreAsLongAsIsKnown) {
  const auto count = [](const std::string& length, const std::string& before) {
    return results_of("plain_arrays", "#include <array>\n" + before +
                                          "\nvoid f(float* y, long n) {\nstd::array<float, " + length +
                                          "> a{}; y[0] = a[n];\n}\n");
  };
  const std::string eight = "constexpr int N = 8;";
  EXPECT_EQ(count("N", eight), 1u);
  EXPECT_EQ(count("N - 1", eight), 1u);
  EXPECT_EQ(count("2 * M + 1", "namespace { const long M{3}; }"), 1u);
  EXPECT_EQ(count("2 * M", eight + " static constexpr std::size_t M = N / 2;"), 1u);
  EXPECT_EQ(count("MOST", "#define MOST 5"), 1u);
  EXPECT_EQ(count("N - 1", "constexpr int N = 1;"), 0u);
  EXPECT_EQ(count("N / 9", eight), 0u);
  EXPECT_EQ(count("N", ""), 0u);
  EXPECT_EQ(count("N", "template <int N>"), 0u) << "as many as who calls says";
  EXPECT_EQ(count("N", "constexpr int N = make();"), 0u);
  EXPECT_EQ(
      count("N",
            "namespace a { constexpr int N = 1; } namespace b { constexpr int N = 0; } using namespace b;"),
      0u);
  EXPECT_EQ(count("N", eight + " template <int N> int g();"), 0u) << "which of them?";
  EXPECT_EQ(count("MOST", "#ifdef SMALL\n#define MOST 5\n#endif"), 0u);
  EXPECT_EQ(count("0x0", ""), 0u);
  RewriteRules rules;
  rules.headers = "constexpr int kTaps = 3;";
  EXPECT_EQ(
      results_of("plain_arrays",
                 "#include <array>\nvoid f(float* y, long n) { std::array<float, kTaps> a{}; y[0] = a[n]; }",
                 0, rules),
      1u);
}

const std::string kPixels = R"(
  for (long n : {0, 1, 2, 3, 7, 16, 33, 100}) {
    std::vector<unsigned char> s(4 * n), d(4 * n);
    for (auto* v : {&s, &d}) for (auto& one : *v) one = value() > 0.3f ? 0 : static_cast<unsigned char>(200 * value());
    if (n > 0) s.resize(4 * n), d.resize(4 * n - kLess);
    auto a = d, b = d;
    original::f(s.data(), a.data(), n, 3);
    rewritten::f(s.data(), b.data(), n, 3);
    compare("pixels", n, a, b);
    auto p = s, q = s;
    p.resize(4 * n + 8), q.resize(4 * n + 8);
    for (long shift : {0, 1, 4}) {
      original::f(p.data(), p.data() + shift, n, 3);
      rewritten::f(q.data(), q.data() + shift, n, 3);
      compare("overlapping", n, p, q);
    }
  })";

TEST(ChannelGroups, AreVariables) {
  const std::string head = R"(
static int part(int v, int of) { return (v * of + 127) / 255; }
void f(const unsigned char* source, unsigned char* canvas, long n, int mode) {
  for (long i = 0; i < n; ++i) {
)";
  for (const auto& [body, less] : std::vector<std::pair<std::string, int>>{
           {"const unsigned char* s = source + 4 * i; unsigned char* d = canvas + 4 * i; const int a = "
            "part(s[3], 200); if (a "
            "== 0) continue; for (int c = 0; c < 3; ++c) d[c] = static_cast<unsigned char>(part(d[c], 255 - "
            "a) + "
            "part(s[c], a));",
            1},
           {"const int grey = source[4 * i] + source[4 * i + 2]; for (long c = 0; c < 4; c++) { const int v "
            "= canvas[4 * "
            "i + c] + c; if (v > grey) canvas[4 * i + c] = v; }",
            0},
           {"canvas[2 * i] = source[2 * i + 1]; canvas[2 * i + 1] = source[2 * i] + canvas[2 * i];", 0},
           {"for (int c = 0; c < 3; ++c) { const long at = 4 * i + c; canvas[at] = source[at] / 2; }", 1},
           {"const long first = 2 * i; for (int c = 0; c < 2; ++c) { const int k = c; const auto at = first "
            "+ k; "
            "const long from = 2 * i + 1 - k; canvas[at] = source[from] + at; }",
            0},
           {"for (int c = 0; c < 3; ++c) { canvas[3 * i + c] = source[i] * mode; if (source[i] > 9) canvas[3 "
            "* i] += 1; }",
            0}}) {
    const std::string source = head + body + "\n  }\n}\n";
    const std::string made = rewritten_by("channel_groups", source, 0);
    EXPECT_EQ(results_of("channel_groups", made), 0u) << "once for each loop\n" << made;
    std::string driver = kPixels;
    driver.replace(driver.find("kLess"), 5, std::to_string(less));
    EXPECT_EQ(differences({source, made, driver}), "") << made;
  }
}

TEST(ChannelGroups, NeedPixelsThatAreThere) {
  const auto count = [](const std::string& body, const std::string& loop = "for (long i = 0; i < n; ++i)") {
    return results_of("channel_groups",
                      "void f(const unsigned char* s, unsigned char* d, long n, int mode, long most) {\n" +
                          loop + " {\n" + body + "\n}\n}\n");
  };
  EXPECT_EQ(count("for (int c = 0; c < 3; ++c) d[4 * i + c] = s[4 * i + c];"), 1u);
  EXPECT_EQ(count("if (s[4 * i] > 3) for (int c = 0; c < 3; ++c) d[4 * i + c] = s[4 * i + c];"), 1u);
  EXPECT_EQ(count("if (i < most) for (int c = 0; c < 3; ++c) d[4 * i + c] = s[4 * i + c];"), 0u)
      << "how many are there?";
  EXPECT_EQ(count("if (s[4 * i] > 3 && i < most) for (int c = 0; c < 3; ++c) d[4 * i + c] = s[4 * i + c];"),
            0u);
  EXPECT_EQ(count("if (mode == 2) for (int c = 0; c < 3; ++c) d[4 * i + c] = s[4 * i + c];"), 0u);
  EXPECT_EQ(count("for (int c = 1; c < 4; ++c) d[4 * i + c] = s[4 * i + c];"), 0u)
      << "where does the first one begin?";
  EXPECT_EQ(count("for (int c = 0; c < mode; ++c) d[4 * i + c] = s[4 * i + c];"), 0u);
  EXPECT_EQ(count("for (int c = 0; c < 5; ++c) d[4 * i + c] = s[4 * i + c];"), 0u) << "iterations overlap";
  EXPECT_EQ(count("for (int c = 0; c < 3; ++c) d[4 * i + c] = s[4 * i + c]; g(d);"), 0u);
  EXPECT_EQ(count("for (int c = 0; c < 3; ++c) { if (s[4 * i + c] == 0) break; d[4 * i + c] = 1; }"), 0u);
  EXPECT_EQ(count("for (int c = 0; c < 3; ++c) d[4 * i + c] = s[4 * i + c]; --n;"), 0u);
  EXPECT_EQ(count("for (int c = 0; c < 3; ++c) d[4 * i + c] = s[4 * i + c]; d[most] = 1;"), 0u);
  EXPECT_EQ(count("d[4 * i + most] = s[4 * i]; most = 1; d[4 * i + most] = 2;"), 0u);
  EXPECT_EQ(count("for (int c = 0; c < 3; ++c) d[4 * i + c] = d[4 * i + c - 4];"), 0u) << "the pixel before";
  RewriteRules threads;
  threads.threads = 2;
  EXPECT_EQ(results_of("channel_groups",
                       "void f(const unsigned char* s, unsigned char* d, long n) { for (long i = 0; i < n; "
                       "++i) { d[2 * i] = "
                       "s[2 * i]; d[2 * i + 1] = 1; } }",
                       0, threads),
            0u);
}

// Nobody knows how far an array reaches where more than the pixel itself says whether it is touched.
TEST(ChannelGroups, TestsOfDataAskNothingElse) {
  const auto count = [](const std::string& test, const std::string& before = "") {
    return results_of("channel_groups",
                      "void f(const unsigned char* s, unsigned char* d, const int* count, long n, int limit, "
                      "long most) {\nlong seen = 0;\nfor (long i = 0; i < n; ++i) {\n" +
                          before + "\nif (" + test +
                          ") for (int c = 0; c < 3; ++c) d[4 * i + c] = s[4 * i + c];\n}\n}\n");
  };
  EXPECT_EQ(count("s[4 * i] > 3 && !(s[4 * i + 1] == 7)"), 1u);
  EXPECT_EQ(count("s[4 * i + 3] > limit"), 1u);
  EXPECT_EQ(count("a != 0", "const int a = s[4 * i + 3] * limit / 255;"), 1u);
  EXPECT_EQ(count("ok", "const bool ok = s[4 * i] > 3 && s[4 * i + 1] > 3;"), 1u);
  EXPECT_EQ(count("(s[4 * i] & 3) == 2"), 1u);
  EXPECT_EQ(count("ok", "const bool ok = s[4 * i] > 3 && i < most;"), 0u);
  EXPECT_EQ(count("ok", "bool ok = false; if (i < most) ok = s[4 * i] > 3;"), 0u);
  EXPECT_EQ(count("ok", "bool ok = s[4 * i] > 3; ok = limit > 3;"), 0u);
  EXPECT_EQ(count("(s[4 * i] > 3) & (i < most)"), 0u);
  EXPECT_EQ(count("(s[4 * i] > 3) & (limit == 1)"), 0u);
  EXPECT_EQ(count("(s[4 * i] > 3) * (limit == 1) > 0"), 0u);
  EXPECT_EQ(count("s[4 * i] + i < most"), 0u);
  EXPECT_EQ(count("i < most ? s[4 * i] > 3 : s[4 * i] < 0"), 0u);
  EXPECT_EQ(count("i < count[0]"), 0u);
  EXPECT_EQ(count("count[0] > 3"), 0u);
  EXPECT_EQ(count("s[4 * i] + seen < most", "seen += s[4 * i];"), 0u) << "what iterations before have left";
}

// In the last pixel a channel is there that is touched whatever parameters are.
TEST(ChannelGroups, ChannelsThatMayBeMissingInTheLastPixel) {
  const std::string front =
                        "void f(const unsigned char* source, unsigned char* canvas, long n, int mode) {\n"
                        "for (long i = 0; i < n; ++i) {\n",
                    back = "\n}\n}\n";
  const std::string last = front +
                           "for (int c = 0; c < 3; ++c) canvas[4 * i + c] = source[4 * i + c]; if (mode == "
                           "0) canvas[4 * i + 3] = 255;" +
                           back;
  std::string driver = kPixels;
  driver.replace(driver.find("kLess"), 5, "1");
  const std::string made = rewritten_by("channel_groups", last, 0);
  EXPECT_NE(made.find("i_tail"), std::string::npos) << made;
  EXPECT_EQ(differences({last, made, driver}), "") << made;
  const std::string read =
      front + "canvas[2 * i] = source[2 * i]; canvas[2 * i + 1] = mode ? 0 : source[2 * i + 1];" + back;
  EXPECT_NE(rewritten_by("channel_groups", read, 0).find("i_tail"), std::string::npos);
  EXPECT_EQ(results_of("channel_groups",
                       front + "canvas[2 * i + 1] = source[i]; if (mode) canvas[2 * i] = 1;" + back),
            0u);
}

// What is written out is written out for channels, not for the windows of transforms.
TEST(ChannelGroups, PlacesOfEachCopyAreItsOwn) {
  const auto count = [](const std::string& body) {
    return results_of("channel_groups",
                      "void f(const unsigned char* s, unsigned char* d, long n, int c) {\n"
                      "for (long i = 0; i < n; ++i) {\n" +
                          body + "\n}\n}\n");
  };
  EXPECT_EQ(count("for (int c = 0; c < 3; ++c) { const long at = 4 * i + c; d[at] = s[at] / 2; }"), 1u);
  EXPECT_EQ(count("for (int c = 0; c < 3; ++c) { const short at = 4 * i + c; d[at] = s[at] / 2; }"), 0u);
  EXPECT_EQ(count("for (int c = 0; c < 3; ++c) { long at = 4 * i + c; at += 1; d[at] = s[at] / 2; }"), 0u);
  EXPECT_EQ(count("for (int c = 0; c < 3; ++c) { const long at = 4 * i + s[c]; d[at] = 2; }"), 0u);
  EXPECT_EQ(count("for (int c = 0; c < 16; c += 2) d[2 * i] += s[2 * i + 1] * c;"), 1u);
  EXPECT_EQ(count("for (int c = 0; c < 17; c += 2) d[2 * i] += s[2 * i + 1] * c;"), 0u) << "nine times";
  EXPECT_EQ(
      count("for (int a = 0; a < 8; ++a) for (int b = 0; b < 8; ++b) d[2 * i] += s[2 * i + 1] * a * b;"), 1u);
  EXPECT_EQ(
      count("for (int a = 0; a < 8; ++a) for (int b = 0; b < 8; ++b) for (int k = 0; k < 8; ++k) d[2 * i] "
            "+= s[2 * i + 1] * a * b * k;"),
      0u);
}

TEST(Reciprocals, AreExactForEveryIntegerOf32Bits) {
  const std::string source = R"(
void f(const int* x, const unsigned* u, long long* y, long long n, int d, unsigned e) {
  for (long long i = 0; i < n; ++i) {
    y[2 * i] = x[i] / d + 3ll * (x[i] % d);
    if (u[i] % e != 1) y[2 * i + 1] = u[i] / e;
  }
})";
  const std::string made = rewritten_by("reciprocals", source, 0);
  EXPECT_EQ(made.find("% d"), std::string::npos) << made;
  EXPECT_EQ(made.find("/ e;"), made.rfind("/ e;")) << made;
  EXPECT_EQ(results_of("reciprocals", made), 0u);
  EXPECT_EQ(differences({source, made, R"(
  const long long most = 2147483647;
  for (long long d : {1ll, 2ll, 3ll, 5ll, 7ll, 10ll, 255ll, 641ll, 46341ll, 65536ll, 1000003ll, most - 1, most, -1ll, -2ll, -3ll, -640ll, -most, -most - 1})
    for (long long e : {d, 2 * most + 1 - d}) {
      const unsigned by = static_cast<unsigned>(e);
      if (by == 0) continue;
      std::vector<int> x;
      std::vector<unsigned> u;
      const auto add = [&](long long v) {
        if (v >= -most - 1 && v <= most && (d != -1 || v > -most - 1)) x.push_back(v), u.push_back(static_cast<unsigned>(v) * 2 + 1);
        else x.push_back(d), u.push_back(by);
      };
      for (long long k : {0ll, 1ll, 2ll, 3ll, 4ll, 1000ll, most / 3, most / 2, most})
        for (long long by_one : {-1, 0, 1}) add(k + by_one), add(-k + by_one), add(k * d + by_one), add(most / d * d + by_one), add((most / d - k) * d + by_one);
      for (long k = 0; k < 1000; ++k) add(static_cast<long long>(value() * most));
      std::vector<long long> a(2 * x.size()), b(a);
      original::f(x.data(), u.data(), a.data(), x.size(), d, by);
      rewritten::f(x.data(), u.data(), b.data(), x.size(), d, by);
      for (size_t i = 0; i < a.size(); ++i)
        if (a[i] != b[i]) { std::printf("[%zu] by %lld is %lld, expected %lld\n", i, d, b[i], a[i]); return 1; }
    })"}),
            "")
      << made;
}

TEST(Reciprocals, LeaveOthersAlone) {
  const auto count = [](const std::string& body) {
    return results_of(
        "reciprocals",
        "void f(const int* x, const long* l, const unsigned* u, float* y, long n, int d, long e) {\n"
        "for (long i = 0; i < n; ++i) {\n" +
            body + "\n}\n}\n");
  };
  EXPECT_EQ(count("y[i] = x[i] % d;"), 1u);
  EXPECT_EQ(count("y[i] = l[i] % d;"), 0u) << "64 bits";
  EXPECT_EQ(count("y[i] = x[i] % e;"), 0u);
  EXPECT_EQ(count("y[i] = u[i] % d;"), 0u) << "the divisor becomes unsigned";
  EXPECT_EQ(count("y[i] = y[i] / d;"), 0u) << "no integers";
  EXPECT_EQ(count("y[i] = x[i] % d; d = x[i];"), 0u) << "another one each time";
  EXPECT_EQ(count("y[i] = x[i] % d; g(&d);"), 0u);
  EXPECT_EQ(count("y[i] = next(x) % d;"), 0u);
  EXPECT_EQ(count("const int k = 8; y[i] = x[i] % k;"), 0u) << "compilers know better";
}

// In front of its loop a counter is not there, or has another value.
TEST(Reciprocals, OfCountersAreThoseOfOuterLoops) {
  const auto count = [](const std::string& body) {
    return results_of("reciprocals", "void f(const int* x, int* y, int n) {\n" + body + "\n}\n");
  };
  EXPECT_EQ(count("for (int i = 1; i <= n; ++i) y[i] = x[i] / i;"), 0u);
  EXPECT_EQ(count("int i; for (i = 1; i <= n; ++i) y[i] = x[i] / i;"), 0u);
  const std::string nest = "for (int i = 1; i < n; ++i) for (int j = 0; j < n; ++j) y[i * n + j] = x[j] / i;";
  EXPECT_EQ(count(nest), 1u);
  const std::string made =
      rewritten_by("reciprocals", "void f(const int* x, int* y, int n) {\n" + nest + "\n}\n", 0);
  EXPECT_LT(made.find("int i = 1"), made.find("i_inverse")) << made;
  EXPECT_EQ(count("int i, j; for (i = 1; i < n; ++i) for (j = 0; j < n; ++j) y[i * n + j] = x[j] / i;"), 1u);
  EXPECT_EQ(count("for (int i = 0; i < n; ++i) for (int j = 1; j < n; ++j) y[i * n + j] = x[j] / j;"), 0u);
}

}  // namespace
}  // namespace ke
