// SPDX-License-Identifier: MIT
// What must keep its order, in one iteration and between them: rewrites leave it alone or test for it.
#include "tests/unit/rewrites/trial.h"

#include <gtest/gtest.h>

namespace ke {
namespace {

RewriteRules apart() {
  RewriteRules rules;
  rules.noalias = true;
  return rules;
}

std::string kernel(const std::string& body) {
  return "#include <cmath>\nvoid f(const float* x, float* y, float* z, int n, int m) {\n" + body + "\n}";
}

size_t results(const char* rewrite, const std::string& body, int value, RewriteRules rules = {}) {
  return results_of(rewrite, kernel(body), value, rules);
}

// All reorderings that rest on independent iterations.
void expect_left_alone(const std::string& body, RewriteRules rules = {}) {
  for (const auto& [rewrite, value] :
       {std::pair{"outer_vectorize", 16}, std::pair{"outer_vectorize", -128}, std::pair{"unroll_and_jam", 4},
        std::pair{"interchange", 0}, std::pair{"tile", 16}, std::pair{"scan_blocks", 8},
        std::pair{"parallel_loop", 0}})
    EXPECT_EQ(results(rewrite, body, value, rules), 0u) << rewrite << body;
}

// The weights of attention: the element of the sum is what the statement in front of it has just stored.
TEST(ScanBlocks, ASumOfWhatTheSameIterationStores) {
  EXPECT_EQ(results("scan_blocks",
                    "float s = 0;\nfor (int j = 0; j < n; ++j) { y[j] = std::exp(y[j] - 1); s += y[j]; }\n"
                    "z[0] = s;",
                    8, apart()),
            0u);
  EXPECT_EQ(
      results("scan_blocks",
              "float s = 0;\nfor (int j = 0; j < n; ++j) { z[j] = y[j]; s += (y[j] = x[j]); }\nz[0] = s;", 8,
              apart()),
      0u);
}

TEST(ScanBlocks, ASumThatBeginsAnewInEveryIteration) {
  EXPECT_EQ(
      results("scan_blocks", "for (int j = 0; j < n; ++j) { float s = 1; s += x[j]; y[j] = s; }", 8, apart()),
      0u);
}

// y may be x: then the sum is one of new values, and the blocks must not run.
TEST(ScanBlocks, InPlaceIsNoExceptionForWhatIsStoredBefore) {
  const std::string source =
      kernel("float s = 0;\nfor (int j = 0; j < n; ++j) { y[j] = x[j] * 2; s += x[j]; z[j] = s; }");
  const char* driver = R"(
  for (int n : {0, 1, 7, 8, 9, 40}) {
    auto x = values(n), y = x, z = x, u = x, v = x, w = x;
    original::f(x.data(), y.data(), z.data(), n, 1);
    rewritten::f(x.data(), v.data(), w.data(), n, 1);
    compare("apart", n, z, w);
    auto p = x, q = x;
    original::f(p.data(), p.data(), z.data(), n, 1);
    rewritten::f(q.data(), q.data(), w.data(), n, 1);
    compare("in place", n, z, w);
  })";
  EXPECT_EQ(differences({source, rewritten_by("scan_blocks", source, 8), driver}), "");
}

TEST(Independence, PointersThatAreSetTwiceMayPointAnywhere) {
  const std::string inner = "for (int k = 0; k < m; ++k) ";
  expect_left_alone("for (int i = 0; i < n; ++i) { float* p = y + i; if (x[i] > 0) p = y; " + inner +
                    "p[0] += x[i * m + k]; }");
  expect_left_alone(
      "for (int i = 0; i < n; ++i) { const float* from = x; if (i > 0) from = y + (i - 1) * m; " + inner +
          "y[i * m + k] = from[k] + 1; }",
      apart());
  expect_left_alone("for (int i = 0; i < n; ++i) { const float* from = i == 0 ? x : y + (i - 1) * m; " +
                        inner + "y[i * m + k] = from[k] + 1; }",
                    apart());
}

TEST(Independence, AutoAndReferencesAreLookedThrough) {
  const std::string inner = "for (int k = 0; k < m; ++k) ";
  expect_left_alone("for (int i = 0; i < n; ++i) { auto p = y; " + inner + "p[k] += x[i * m + k]; }",
                    apart());
  expect_left_alone(
      "auto p = y + 1;\nfor (int i = 0; i < n; ++i) { p[i] = y[i] + x[i]; " + inner + "z[i * m + k] = 0; }",
      apart());
  EXPECT_EQ(results("unroll_and_jam",
                    "for (int i = 0; i < n; ++i) { auto p = y + i * m; " + inner + "p[k] += x[i] * z[k]; }",
                    4, apart()),
            1u);
}

TEST(UnrollAndJam, KeepsTheOrderOfScalarsFromOutside) {
  const std::string inner = "for (int k = 0; k < m; ++k) z[i * m + k] = x[k] * i; ";
  // The parts of a uniform branch would be copied one by one.
  EXPECT_EQ(results("unroll_and_jam",
                    "float s = 0, t = 0;\nfor (int i = 0; i < n; ++i) { " + inner +
                        "if (m > 2) { t = s; s = s + x[i]; y[i] = t; } }",
                    4, apart()),
            0u);
  EXPECT_EQ(
      results("unroll_and_jam",
              "int c = 0;\nfor (int i = 0; i < n; ++i) { " + inner + "if (c++ > 3) y[i] = 1; }", 4, apart()),
      0u);
  EXPECT_EQ(
      results("unroll_and_jam", "int c = 0;\nfor (int i = 0; i < n; ++i) { " + inner + "const int d = c++; }",
              4, apart()),
      0u);
  EXPECT_EQ(results("unroll_and_jam",
                    "float best = 0;\nfor (int i = 0; i < n; ++i) { float v = 0; for (int k = 0; k < m; ++k) "
                    "v += x[i * m + k]; if (v > best) best = v; }\ny[0] = best;",
                    4, apart()),
            1u);
}

TEST(UnrollAndJam, NamesOfItsCopiesAreFree) {
  EXPECT_EQ(
      results("unroll_and_jam",
              "const float v_1 = x[0];\nfor (int i = 0; i < n; ++i) { float v = v_1; for (int k = 0; k < "
              "m; ++k) v += x[i * m + k]; y[i] = v; }",
              4, apart()),
      0u);
}

TEST(MultiAccumulator, LeavesALoopAloneThatHasALaneOfItsOwn) {
  EXPECT_EQ(
      results("multi_accumulator",
              "const int lane = m;\nfloat s = 0;\nfor (int i = 0; i < n; ++i) s += x[i] * lane;\ny[0] = s;",
              8, apart()),
      0u);
}

TEST(Fuse, CountersAndBoundsMeanTheSame) {
  EXPECT_EQ(
      results("fuse",
              "int i = 3;\nfor (int i = 0; i < n; ++i) y[i] = x[i];\nfor (int j = 0; j < n; ++j) z[j] = "
              "y[j] * i;",
              0, apart()),
      0u);
  EXPECT_EQ(
      results("fuse",
              "int s = 0;\nfor (int i = s; i < n; ++i) { s += 1; y[i] = x[i]; }\nfor (int i = s; i < n; "
              "++i) z[i] = y[i];",
              0, apart()),
      0u);
}

TEST(CarryExtreme, CallsThatMayDoAnythingAreMadeAsOften) {
  EXPECT_EQ(
      results_of("carry_extreme",
                 "int next(int); int f(const float* x, int n) { int best = 0; for (int c = 1; c < n; ++c) "
                 "if (x[next(c)] > x[next(best)]) best = c; return best; }"),
      0u);
}

}  // namespace
}  // namespace ke
