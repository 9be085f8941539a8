// SPDX-License-Identifier: MIT
// Loops that count downwards and `do` loops, as others write them.
#include "ke-build/search/rewrites/recipes.h"
#include "tests/unit/rewrites/trial.h"

#include <gtest/gtest.h>

namespace ke {
namespace {

std::string counted_loops(const std::string& source) {
  const CodeRecipe recipe{"counts", {{"count_loops", 0}, {"index_walkers", 0}}, {}};
  Cooked cooked = Kitchen(source, "f", {}).cook(recipe);
  EXPECT_FALSE(cooked.applied.empty()) << source;
  return cooked.source;
}

// Apart, in place, and shifted by one in both directions.
const char* const kInts = R"(
  for (long n : sizes) {
    auto x = values(n + 4), y = values(n + 4), z = y;
    original::f(x.data() + 1, y.data() + 1, n);
    rewritten::f(x.data() + 1, z.data() + 1, n);
    compare("apart", n, y, z);
    for (int from : {0, 1, 2}) {
      auto u = x, v = x;
      original::f(u.data() + 1, u.data() + from, n);
      rewritten::f(v.data() + 1, v.data() + from, n);
      compare("overlapping", n * 10 + from, u, v);
    }
  })";

void expect_upward(const std::string& source, const std::string& driver = kInts) {
  EXPECT_EQ(differences({source, counted_loops(source), driver}), "");
}

TEST(FallingLoops, HeadersOfEveryKind) {
  for (const std::string head :
       {"for (long i = n - 1; i >= 0; --i)", "for (long i = n - 1; i > -1; i--)",
        "for (long i = n; i-- > 0;)", "for (unsigned long i = n; i-- != 0;)",
        "for (unsigned long i = n; i--;)", "for (unsigned long i = n - 1; i < n; --i)",
        "for (long i = n - 1; 0 <= i; i -= 1)"})
    expect_upward("void f(const float* x, float* y, " +
                  std::string(head.find("unsigned") == std::string::npos ? "long" : "unsigned long") +
                  " n) {\n  " + head + " y[i] = x[i] * 2 - 1;\n}");
  expect_upward(
      "void f(const float* x, float* y, int n) { for (int i = n; i > 0; --i) y[i - 1] += x[i - 1]; }");
  expect_upward(
      "#include <cstddef>\nvoid f(const float* x, float* y, std::size_t n) {\n"
      "  for (std::size_t i = n; i > 0; --i) { const float v = x[i - 1]; y[i - 1] = v > 0 ? v : -v; }\n}");
  expect_upward("void f(const float* x, float* y, int n) { for (int i = n - 1; i >= 3; --i) y[i] = x[i]; }");
}

TEST(FallingLoops, ConvertTheirStartWhereTheSourceDoes) {
  for (const char* start : {"s - 4", "(int)s - 1", "static_cast<int>(s / 2) - 1"}) {
    const std::string source =
        std::string(
            "#include <cstddef>\nvoid f(const float* x, float* y, std::size_t s) {\n  for (int i = ") +
        start + "; i >= 0; --i) y[i] = x[i] + i;\n}";
    expect_upward(source);
  }
}

TEST(FallingLoops, RecurrencesAndSumsKeepTheirOrder) {
  expect_upward(R"(void f(const float* x, float* y, int n) {
  float p = 0;
  for (int i = n - 1; i >= 0; --i) p = p * 0.5f + x[i];
  y[0] = p;
})");
  expect_upward(
      "void f(const float* x, float* y, int n) { for (int i = n - 2; i >= 0; --i) y[i] = y[i + 1] * 0.5f + "
      "x[i]; }",
      R"(
  for (long n : sizes) {
    auto x = values(n + 4), y = values(n + 4), z = y;
    original::f(x.data() + 1, y.data() + 1, n);
    rewritten::f(x.data() + 1, z.data() + 1, n);
    compare("apart", n, y, z);
  })");
}

TEST(FallingLoops, CountersThatAreRead) {
  expect_upward("void f(const float* x, float* y, unsigned long n) { while (n--) y[n] = x[n] + 1; }");
  expect_upward("void f(const float* x, float* y, int n) { while (n-- > 0) y[n] = x[n] * n; }");
  expect_upward("void f(const float* x, float* y, int n) { while (--n >= 0) y[n] = x[n] * n; }");
  expect_upward(
      "void f(const float* x, float* y, int n) { while (n > 0) { y[n - 1] = x[n - 1] * n; --n; } }");
  expect_upward(
      "void f(const float* x, float* y, unsigned n) { while (n--) { y[n] = x[n]; } *y += n + 1u; }");
}

TEST(FallingLoops, NestsAndCountersOfOldC) {
  const std::string source = R"(void f(const float* x, float* y, int n) {
  int i, j;
  for (i = n / 4 - 1; i >= 0; i--) {
    for (j = 3; j >= 0; j--) y[4 * i + j] = x[4 * i + j] + i;
  }
})";
  expect_upward(source);
}

// Both iterate upwards in the end, so that rows are walked as memory lies.
TEST(FallingLoops, IndependentOnesChangeTheirDirection) {
  RewriteRules apart;
  apart.noalias = true;
  const std::string source =
      "void f(const float* x, float* y, int n) { for (int i = n - 1; i >= 0; --i) y[i] = x[i]; }";
  EXPECT_NE(rewritten_by("count_loops", source, 0, apart).find("y[i_at] = x[i_at]"), std::string::npos);
  EXPECT_NE(rewritten_by("count_loops", source, 0).find("ke_disjoint"), std::string::npos);
  EXPECT_NE(rewritten_by("count_loops",
                         "void f(float* y, int n) { for (int i = n - 2; i >= 0; --i) y[i] += y[i + 1]; }", 0)
                .find("n - 2 - i_at"),
            std::string::npos);
}

TEST(DoLoops, OneIterationAtLeast) {
  expect_upward(
      "void f(const float* x, float* y, int n) { int i = 0; do { y[i] = x[i] + i; ++i; } while (i < n); }");
  expect_upward(
      "void f(const float* x, float* y, int n) { if (n > 0) { int i = 0; do { y[i] = x[i]; i++; } while (i < "
      "n); } }");
  expect_upward(
      "void f(const float* x, float* y, int n) { if (n <= 0) return; do { *y++ = *x++ * 3; } while (--n > "
      "0); }");
  expect_upward(
      "void f(const float* x, float* y, unsigned n) { if (n == 0) return; do { *y++ = *x++; } while (--n); "
      "}");
  expect_upward("void f(const float* x, float* y, int n) { do { *y++ = *x++ - 1; } while (--n > 0); }");
  expect_upward(
      "void f(const float* x, float* y, long n) { long i = 0; do { y[i] = x[i]; } while (++i < n); }");
}

TEST(DoLoops, AreCountedPlainlyWhereTheFirstTestWouldHold) {
  const std::string guarded = rewritten_by(
      "count_loops",
      "void f(float* y, int n) { if (n < 1) return; int i = 0; do { y[i] = 1; ++i; } while (i < n); }", 0);
  EXPECT_NE(guarded.find("i_at < n;"), std::string::npos) << guarded;
  const std::string unknown = rewritten_by(
      "count_loops", "void f(float* y, int n) { int i = 0; do { y[i] = 1; ++i; } while (i < n); }", 0);
  EXPECT_NE(unknown.find("i < n ? n : i + 1"), std::string::npos) << unknown;
}

TEST(LoopForms, LeavesAloneWhatItCannotProve) {
  const auto count = [](const std::string& body) {
    return results_of("count_loops",
                      "#include <cstddef>\nint g(int&);\nint f(const float* x, float* y, int n, unsigned u, "
                      "std::size_t s, int m) {\n" +
                          body + "\nreturn 0; }");
  };
  EXPECT_EQ(count("for (unsigned i = u - 1; i >= 0; --i) y[i] = x[i];"), 0u) << "never ends";
  EXPECT_EQ(count("for (unsigned i = u; i > 3; --i) y[i] = x[i];"), 0u) << "u may be less";
  EXPECT_EQ(count("for (int i = n - 1; i >= 0; --i) { if (x[i] > 0) return i; y[i] = 0; }"), 0u);
  EXPECT_EQ(count("for (int i = n - 1; i >= 0; --i) y[i] = g(i);\nint k = 0; do { y[k] = g(k); ++k; } while "
                  "(k < n);"),
            0u)
      << "what g() does to them, nobody knows";
  EXPECT_EQ(count("for (int i = n - 1; i >= m; --i) { m = m + 1; y[i] = 0; }"), 0u);
  EXPECT_EQ(count("for (int i = n - 1; i >= 0; --i) { if (x[i] > 0) --i; y[i] = 0; }"), 0u);
  EXPECT_EQ(count("for (int i = n; i >= (int)s; --i) y[i] = 0;"), 0u) << "two types";
  EXPECT_EQ(count("for (int i = n - 1; i >= 0; i -= 2) y[i] = 0;"), 0u);
  EXPECT_EQ(count("int i; for (i = n - 1; i >= 0; --i) y[i] = 0; return i;"), 0u);
  EXPECT_EQ(count("unsigned i = u; do { y[i] = 0; } while (--i);"), 0u) << "u may be 0";
  EXPECT_EQ(count("do { y[n] = 0; if (x[n] > 0) continue; } while (--n > 0);"), 0u);
  EXPECT_EQ(count("int i = 0; do { y[i] = 0; ++i; } while (x[i] > 0);"), 0u);
  EXPECT_EQ(count("int i = 0; do { y[i] = 0; ++i; } while (i < n); return i;"), 0u);
  EXPECT_EQ(count("while (n--) { if (x[n] > 0) return n; y[n] = 0; }"), 0u);
}

}  // namespace
}  // namespace ke
