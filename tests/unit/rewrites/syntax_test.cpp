// SPDX-License-Identifier: MIT
#include "ke-build/search/syntax/overlap.h"

#include <gtest/gtest.h>

namespace ke {
namespace {

std::string body_of(const std::string& source) {
  auto unit = read_unit(source, "f");
  return unit ? to_text(unit->functions[0].body, 0) : "unreadable";
}

TEST(Syntax, PrintsExpressionsWithTheParenthesesThatTheyNeed) {
  for (const char* text : {"(a + b) * c", "a - (b - c)", "a ? b : c", "-(a + b)", "- -a",
                           "x[i * n + (j + 1)]", "(float)a / b", "!(a && b) || c", "std::max(a, (b, c))",
                           "p->x[i].y", "a = b += c", "static_cast<float>(a) * 2.0f", "*p + *(q + 1)"})
    EXPECT_EQ(to_text(parse_expression(text)), text);
}

TEST(Syntax, SubstitutionAddsParenthesesByPrecedence) {
  Expr e = parse_expression("i * n + i");
  substitute(e, "i", parse_expression("i + 1"));
  EXPECT_EQ(to_text(e), "(i + 1) * n + (i + 1)");
}

TEST(Syntax, CountedLoopsAreReadAndOthersKeptVerbatim) {
  auto unit = read_unit(R"(void f(float* x, int n) {
  for (int i = 0; i <= n; i += 2) x[i] = 0;
  for (int i = 0; i < n; ++i) { if (x[i] > 0) ++i; }
  for (int i = n; i > 0; --i) x[i] = 1;
  while (n > 0) { n--; }
})",
                        "f");
  ASSERT_TRUE(unit);
  const Stmts& body = unit->functions[0].body;
  EXPECT_TRUE(body[0].is(Stmt::Kind::loop));
  EXPECT_EQ(body[0].step, 2);
  EXPECT_EQ(to_text(exclusive_upper(body[0])), "n + 1");
  EXPECT_TRUE(body[1].is(Stmt::Kind::wild)) << "the body changes the variable";
  EXPECT_TRUE(body[2].is(Stmt::Kind::wild));
  EXPECT_TRUE(body[3].is(Stmt::Kind::wild));
}

TEST(Syntax, CodeUnderThePreprocessorIsABarrier) {
  auto unit = read_unit(
      "void f(float* x, int n) { for (int i = 0; i < n; ++i) {\n#ifdef A\n x[i] = 1;\n#endif\n } }", "f");
  ASSERT_TRUE(unit);
  EXPECT_TRUE(effects_of(unit->functions[0].body).unknown);
}

TEST(Syntax, BrokenEntriesAreNotRead) {
  EXPECT_FALSE(read_unit("void f(float* x { x[0] = 1; }", "f"));
  EXPECT_FALSE(read_unit("void g(float* x) { x[0] = 1; }", "f"));
  EXPECT_FALSE(read_unit("", "f"));
}

TEST(Syntax, CalleesOfTheSameFileComeAlong) {
  auto unit = read_unit(
      "static float h(float a) { return a; }\nstatic float g(float a) { return h(a) * 2; }\nvoid f(float* x) "
      "{ x[0] = g(1); }\nvoid k() {}",
      "f");
  ASSERT_TRUE(unit);
  ASSERT_EQ(unit->functions.size(), 3u);
  EXPECT_EQ(unit->functions[1].name, "g");
  EXPECT_EQ(unit->functions[2].name, "h");
  EXPECT_TRUE(pure_functions(*unit).count("g"));
}

TEST(Syntax, TrailingCommentsMoveInFrontOfTheirStatement) {
  EXPECT_EQ(body_of("void f(float* x) {\n  x[0] = 1;  // first\n  x[1] = 2;\n}"),
            "// first\nx[0] = 1;\nx[1] = 2;\n");
}

TEST(Poly, ProvesWhatSizesOfAtLeastOneImply) {
  Symbols symbols;
  for (const char* name : {"h", "w", "n"}) symbols.types[name] = "int";
  auto poly = [&](const char* text) { return *poly_of(parse_expression(text), symbols); };
  EXPECT_TRUE((poly("h * w") - poly("(h - 1) * w + w - 1") - Poly(1)).is_nonnegative({}));
  EXPECT_TRUE(poly("n * h - n").is_nonnegative({}));
  EXPECT_FALSE(poly("n - h").is_nonnegative({}));
  EXPECT_FALSE(poly("n - 2").is_nonnegative({}));
  EXPECT_FALSE(poly("n").is_nonnegative({"n"}));
}

struct Loops {
  explicit Loops(const std::string& source) : unit(*read_unit(source, "f")), sites(unit, false) {}
  Unit unit;
  Sites sites;
};

TEST(Depend, RowPointersAreTracedToTheirArrays) {
  Loops l(
      "void f(const float* x, float* y, long n, long m) { for (long i = 0; i < n; ++i) { const float* row = "
      "x + i * m; float* out = &y[i * m]; for (long j = 0; j < m; ++j) out[j] = row[j]; } }");
  Independence rows = independence_of(l.sites.all()[0]);
  EXPECT_TRUE(rows.holds);
  ASSERT_EQ(rows.unchecked.size(), 1u);
  EXPECT_EQ(rows.may_equal.size(), 1u) << "in place is harmless";
  auto test = overlap_test(l.sites.all()[0], rows);
  ASSERT_TRUE(test);
  EXPECT_EQ(to_text(test->condition), "(x == y || ke_disjoint(x, x + m * n, y, y + m * n))");
}

TEST(Depend, DifferentElementTypesShareNoMemory) {
  Loops l(
      "void f(const float* x, double* y, long n) { for (long i = 0; i < n; ++i) { for (long j = 0; j < 3; "
      "++j) y[i] = x[i * 3 + j]; } }");
  EXPECT_TRUE(independence_of(l.sites.all()[0]).unchecked.empty());
  Loops bytes(
      "void f(const float* x, unsigned char* y, long n) { for (long i = 0; i < n; ++i) { for (long j = 0; j "
      "< 3; ++j) y[i] = x[i * 3 + j]; } }");
  EXPECT_EQ(independence_of(bytes.sites.all()[0]).unchecked.size(), 1u);
}

TEST(Depend, UnknownExtentsCannotBeChecked) {
  Loops l(
      "void f(const float* x, const int* at, float* y, long n) { for (long i = 0; i < n; ++i) { float s = 0; "
      "for (long j = 0; j < 3; ++j) s += x[at[j * i] + i]; y[i] = s; } }");
  Independence facts = independence_of(l.sites.all()[0]);
  EXPECT_TRUE(facts.holds);
  EXPECT_FALSE(overlap_test(l.sites.all()[0], facts));
}

}  // namespace
}  // namespace ke
