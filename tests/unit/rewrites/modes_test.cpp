// SPDX-License-Identifier: MIT
// Versions of a kernel for the values of its modes, and helpers that must not stay calls.
#include "tests/unit/rewrites/trial.h"

#include <gtest/gtest.h>

namespace ke {
namespace {

// Calls f(x, y, n, mode) with every mode, and some that have no name.
const std::string kEveryMode = R"(
  for (int mode = -2; mode < 7; ++mode)
    for (long n : {0, 1, 2, 9, 64, 131}) {
      const auto x = values(n + 8);
      std::vector<float> a(n + 16, 2.5f), b(a);
      original::f(x.data(), a.data(), n, decltype(original::kind())(mode));
      rewritten::f(x.data(), b.data(), n, decltype(rewritten::kind())(mode));
      compare("modes", n, a, b);
    })";

const std::string kRounding = R"(#include <algorithm>
#include <tuple>
enum class Kind : int { down, up = 2, near, /* of two */ even };
Kind kind();
namespace {
std::tuple<float, int> split(float v) {
  const int whole = static_cast<int>(v);
  return {v - static_cast<float>(whole), whole};
}
static float rounded(float v, Kind how) {
  if (how == Kind::down) return v - 1;
  auto [rest, whole] = split(v * 8);
  switch (how) {
    case Kind::up: whole += rest > 0; break;
    case Kind::near: whole += rest > 0.5f; break;
    default: return v;
  }
  return static_cast<float>(whole);
}
}
)";

TEST(SpecializeMode, KnowsWhatHelpersAndLambdasAsk) {
  for (const std::string body :
       {"std::transform(x, x + n, y, [how](float v) { return rounded(v, how); });",
        "for (long i = 0; i < n; ++i) y[i] = rounded(x[i], how);",
        "const auto one = [&](long i) { if (how == Kind::even) return 0.0f; return rounded(x[i], how); };\n"
        "  for (long i = 0; i < n; ++i) y[i] = one(i);"}) {
    const std::string source =
        kRounding + "void f(const float* x, float* y, long n, Kind how) {\n  " + body + "\n}\n";
    std::string made = rewritten_by("specialize_mode", source, 0);
    for (const char* version : {"Kind::down)", "Kind::up)", "Kind::near)", "Kind::even)", "n, how)"})
      EXPECT_NE(made.find(version), std::string::npos) << made;
    made = rewritten_by("dispatch", made, 1);
    EXPECT_NE(made.find("inline __attribute__((always_inline)) static float rounded"), std::string::npos)
        << made;
    EXPECT_NE(made.find("inline __attribute__((always_inline)) std::tuple<float, int> split"),
              std::string::npos)
        << made;
    EXPECT_EQ(differences({source, made, kEveryMode}), "") << made;
    EXPECT_EQ(results_of("specialize_mode", made), 0u) << "once only";
  }
}

TEST(SpecializeMode, TakesNumbersLettersAndFlags) {
  const std::string source = R"(#define ROUNDED 3
static const int kHalf = 1;
int kind();
static float scaled(float v, int how) { return how == kHalf ? v * 0.5f : how == -1 ? -v : v; }
float f(const float* x, float* y, long n, int mode, bool twice = false, char order = 'R');
float f(const float* x, float* y, long n, int mode, bool twice, char order) {
  float sum = 0;
  for (long i = 0; i < n; ++i) {
    const long at = order == 'R' ? n - 1 - i : i;
    y[at] = ROUNDED == mode ? static_cast<float>(static_cast<int>(x[i])) : scaled(x[i], mode);
    if (twice) y[at] *= 2;
    sum += y[at];
  }
  mode = 7;
  return sum + static_cast<float>(mode);
})";
  const std::string made = rewritten_by("specialize_mode", source, 0);
  EXPECT_NE(made.find("mode == kHalf && twice)"), std::string::npos) << made;
  EXPECT_NE(made.find("mode == ROUNDED && !twice) return f_mode(x, y, n, ROUNDED, false, order);"),
            std::string::npos)
      << made;
  EXPECT_EQ(differences({source, made, R"(
  for (char order : {'R', 'C'})
    for (bool twice : {false, true})
      for (int mode = -2; mode < 7; ++mode)
        for (long n : {0, 1, 9, 64}) {
          const auto x = values(n + 1);
          std::vector<float> a(n + 1, 2.5f), b(a);
          a[n] = original::f(x.data(), a.data(), n, mode, twice, order);
          b[n] = rewritten::f(x.data(), b.data(), n, mode, twice, order);
          compare("numbers", n, a, b);
        })"}),
            "")
      << made;
}

TEST(SpecializeMode, ReadsC) {
  RewriteRules c;
  c.cpp = false;
  const std::string source = R"(typedef enum { SUM, MEAN, LARGEST } fold;
void f(const float* restrict x, float* restrict y, int n, fold how) {
  for (int i = 0; i < n; ++i)
    switch (how) {
      case SUM: y[0] += x[i]; break;
      case MEAN: y[0] += x[i] / n; break;
      default: y[0] = x[i] > y[0] ? x[i] : y[0];
    }
})";
  const std::string made = rewritten_by("specialize_mode", source, 0, c);
  EXPECT_NE(made.find("if (how == MEAN) {\n    f_mode(x, y, n, MEAN);"), std::string::npos) << made;
}

TEST(SpecializeMode, LeavesWhatWouldGainNothing) {
  const auto count = [](const std::string& text) { return results_of("specialize_mode", text); };
  const std::string kind = "enum Kind { A, B };\n";
  // Asked once, in front of the loops.
  EXPECT_EQ(count(kind + "void f(float* x, int n, Kind k) { float s = 1; if (k == A) s = 2; "
                         "for (int i = 0; i < n; ++i) x[i] *= s; }"),
            0u);
  // A size that is compared with nothing, and one that is compared with another.
  EXPECT_EQ(count("void f(float* x, int n) { for (int i = 0; i < n; ++i) x[i] = 0; }"), 0u);
  EXPECT_EQ(count("void f(float* x, int n, int m) { for (int i = 0; i < n; ++i) x[i] = i == m; }"), 0u);
  EXPECT_EQ(count("void f(float* x, int n, int m) { for (int i = 0; i < n; ++i) { const int last = 3; "
                  "x[i] = m == last; } }"),
            0u);
  // Unknown, doubtful and large enumerations.
  EXPECT_EQ(count("void f(float* x, int n, Kind k) { for (int i = 0; i < n; ++i) x[i] = k == A; }"), 0u);
  EXPECT_EQ(count(kind +
                  "namespace other { enum Kind { C }; }\nvoid f(float* x, int n, Kind k) { for (int i = 0; i "
                  "< n; ++i) x[i] = k == A; }"),
            0u);
  EXPECT_EQ(
      count(
          "enum Kind { A,\n#ifdef MORE\nB,\n#endif\nC };\nvoid f(float* x, int n, Kind k) { for (int i = 0; "
          "i < n; ++i) x[i] = k == A; }"),
      0u);
  EXPECT_EQ(count("enum Kind { A, B, C, D, E, F, G, H, I };\nvoid f(float* x, int n, Kind k) { for (int i = "
                  "0; i < n; "
                  "++i) x[i] = k == A; }"),
            0u);
  // By reference, with an equality of its own, and under its own name.
  EXPECT_EQ(count(kind + "void f(float* x, int n, Kind& k) { for (int i = 0; i < n; ++i) x[i] = k == A; }"),
            0u);
  EXPECT_EQ(
      count(kind +
            "bool operator==(Kind a, Kind b);\nvoid f(float* x, int n, Kind k) { for (int i = 0; i < n; "
            "++i) x[i] = k == A; }"),
      0u);
  EXPECT_EQ(
      count(kind +
            "void say(const char*);\nvoid f(float* x, int n, Kind k) { for (int i = 0; i < n; ++i) x[i] "
            "= k == A; say(__func__); }"),
      0u);
}

// Calls f(x, y, n, m) on matrices of every small shape.
const std::string kShapes = R"(
  for (long n : {0, 1, 2, 3, 4, 5, 8, 13})
    for (long m : {0, 1, 2, 3, 4, 7, 9}) {
      const auto x = values(n * m + 16);
      std::vector<float> a(3 * x.size(), 2.5f), b(a);
      original::f(x.data(), a.data(), n, m);
      rewritten::f(x.data(), b.data(), n, m);
      compare("shapes", n, a, b);
    })";

TEST(UnrollPeriod, KnowsRemaindersInHelpersAndLambdas) {
  const std::string helper = R"(
static int colour_of(long y, long x) { return (y & 1) == x % 2 ? (y % 2 ? 2 : 0) : 1; }
void f(const float* x, float* y, long n, long m) {
)";
  for (const std::string body :
       {"float* out = y; for (long i = 0; i < n; ++i)\n  for (long j = 0; j < m; j += 1) {\n    float "
        "sums[3] = {};\n"
        "    const auto visit = [&](long di, long dj) {\n      // at the border\n"
        "      if (i + di < 0 || i + di >= n || j + dj < 0 || j + dj >= m) return;\n"
        "      sums[colour_of(i + di, j + dj)] += x[(i + di) * m + j + dj];\n    };\n"
        "    for (int di = -1; di <= 1; ++di) for (int dj = -1; dj <= 1; ++dj) visit(di, dj);\n"
        "    *out++ = sums[0]; *out++ = sums[1]; *out++ = sums[2];\n  }",
        "for (long i = 0; i < n * m; i++) { const long place = i + 1; if (x[i] > 0.9f) break;\n"
        "  for (int k = 0; k < 2; ++k) { if (k == place % 3) continue; y[i] += x[i]; } }",
        "for (long i = 0; i < n; ++i) y[i] = i & 3 ? x[i] : -x[i];",
        "for (long i = 0; i < n; ++i) { if (i % 2 == 0 && n > m) --n; y[i] = x[i] + n; }"}) {
    const std::string source = helper + body + "\n}\n";
    std::string made = rewritten_by("unroll_period", source, 0);
    for (int i = 0; i < 4 && results_of("unroll_period", made) > 0; ++i)
      made = rewritten_by("unroll_period", made, 0);
    EXPECT_EQ(results_of("unroll_period", made), 0u) << "once for each loop\n" << made;
    EXPECT_EQ(differences({source, made, kShapes}), "") << made;
  }
}

TEST(UnrollPeriod, LeavesOthersAlone) {
  const auto count = [](const std::string& body, const std::string& before = "") {
    return results_of("unroll_period",
                      before + "void f(const float* x, float* y, long n) {\n" + body + "\n}\n");
  };
  const std::string loop = "for (long i = 0; i < n; ++i) ";
  EXPECT_EQ(count(loop + "y[i] = x[i % 2];"), 1u);
  EXPECT_EQ(count(loop + "y[i] = x[i % 7];"), 0u) << "too long";
  EXPECT_EQ(count(loop + "y[i] = x[i / 2];"), 0u);
  EXPECT_EQ(count(loop + "y[i] = x[n % 2];"), 0u);
  EXPECT_EQ(count(loop + "{ if (x[i] > 0) continue; y[i] = x[i % 2]; }"), 0u);
  EXPECT_EQ(count(loop + "{ y[i] = x[i % 2]; ++i; }"), 0u);
  EXPECT_EQ(count(loop + "{ static int calls = 0; y[i] = x[i % 2] + ++calls; }"), 0u);
  EXPECT_EQ(count(loop + "{ if (x[i] > 0) goto end; y[i] = x[i % 2]; end:; }"), 0u);
  EXPECT_EQ(count(loop + "{\n#ifdef MORE\n y[i] = 1;\n#endif\n y[i] += x[i % 2]; }"), 0u);
  EXPECT_EQ(count(loop + "{ COUNT(calls); y[i] = x[i % 2]; }", "#define COUNT(c) static int c\n"), 0u);
  EXPECT_EQ(count("#pragma omp parallel for\n" + loop + "y[i] = x[i % 2];"), 0u);
  EXPECT_EQ(count("long i; for (i = 0; i < n; ++i) y[i] = x[i % 2];"), 0u);
  EXPECT_EQ(count("for (long i = 0; i < n; i += 2) y[i] = x[i % 2];"), 0u);
}

TEST(Dispatch, InlinesOnlyHelpersOfTheFile) {
  const std::string source = R"(
float shared(float v) { return v + 1; }
static float again(float v, int n) { return n > 0 ? again(v * 2, n - 1) : v; }
__attribute__((noinline)) static float apart(float v) { return v * 3; }
static inline float own(float v) { return v - 2; }
template <typename T> static T twice(T v) { return v + v; }
void f(const float* x, float* y, long n) {
  for (long i = 0; i < n; ++i) y[i] = own(shared(twice(apart(again(x[i], 3)))));
})";
  const std::string made = rewritten_by("dispatch", source, 1);
  size_t times = 0;
  for (size_t at = made.find("always_inline"); at != std::string::npos;
       at = made.find("always_inline", at + 1))
    ++times;
  EXPECT_EQ(times, 1u) << made;
  EXPECT_NE(made.find("\n__attribute__((always_inline)) static inline float own"), std::string::npos) << made;
  EXPECT_EQ(differences({source, made, R"(
  for (long n : sizes) {
    const auto x = values(n);
    std::vector<float> a(n), b(n);
    original::f(x.data(), a.data(), n);
    rewritten::f(x.data(), b.data(), n);
    compare("helpers", n, a, b);
  })"}),
            "")
      << made;
}

}  // namespace
}  // namespace ke
