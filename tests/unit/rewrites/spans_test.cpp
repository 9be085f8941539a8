// SPDX-License-Identifier: MIT
// Loops over spans that a function has made of a pointer and a count.
#include "ke-build/search/rewrites/recipes.h"
#include "tests/unit/rewrites/trial.h"

#include <gtest/gtest.h>

#include <regex>

namespace ke {
namespace {

std::string counted(const std::string& source) {
  const CodeRecipe recipe{"counts", {{"count_loops", 0}}, {}};
  return Kitchen(source, "f", {}).cook(recipe).source;
}

bool ranges(const std::string& text) { return std::regex_search(text, std::regex("for \\([^;]*[a-z] : ")); }

void expect_counted(const std::string& body) {
  const std::string source =
      "struct Pair { float a, b; float sum() const { return a + b; } };\n"
      "void f(const float* x, float* y, long n, long rows) {\n" +
      body + "\n}";
  const std::string made = counted(source);
  EXPECT_FALSE(ranges(made)) << made;
  EXPECT_EQ(differences({source, made, R"(
  for (long rows : {0, 1, 2, 5}) for (long n : sizes) {
    const auto x = values(2 * rows * n);
    std::vector<float> y(rows * n + rows + 1, 1), z(y);
    original::f(x.data(), y.data(), n, rows);
    rewritten::f(x.data(), z.data(), n, rows);
    compare("spans", n, y, z);
  })",
                         true, "-std=c++20"}),
            "")
      << made;
}

TEST(Spans, AreCountedAsWhatTheyView) {
  expect_counted(R"(  const std::span all(x, static_cast<std::size_t>(n * rows));
  float sum = 0;
  for (const float& v : all) sum += v;
  for (float v : all) { v *= 2; sum += v; }
  for (const auto v : all) sum -= v * 0.5f;
  y[0] = sum;)");
  expect_counted(R"(  const long behind = rows > 0 ? n : 0;
  const std::span<const float> row{x + behind * (rows - 1), std::size_t(behind)};
  const std::span<float> to(y + 1, rows * n);
  float most = -1;
  for (const float v : row) most = v > most ? v : most;
  for (float& v : to) v = most;)");
  expect_counted(R"(  const Pair* first = reinterpret_cast<const Pair*>(x);
  const std::span all(first, static_cast<size_t>(n));
  float total = rows ? 1 : 0;
  if (rows > 0)
    for (const Pair& p : all) {
      float sum = 0;
      for (const Pair& q : all) sum += p.sum() * q.b;
      for (Pair q : all) { q.a = p.a; sum += q.sum(); }
      total += sum;
    }
  y[0] = total;)");
}

// Another variable of the element's name.
TEST(Spans, DoNotRenameWhatIsNoElement) {
  expect_counted(R"(  const std::span all(x, n * rows);
  float sum = 0;
  for (const float& v : all) {
    sum += v;
    { const float v = 2; sum += v; }
  }
  y[0] = sum;)");
}

TEST(Spans, StayWhereTheyOrTheirPartsMayChange) {
  const auto stays = [](const std::string& body) {
    return ranges(counted("void f(const float* x, float* y, long n, long rows) {\n  float s = 0;\n" + body +
                          "\n  y[0] = s;\n}"));
  };
  EXPECT_FALSE(stays("std::span a(x, n); for (float v : a) s += v;"));
  EXPECT_TRUE(stays("std::span a(x, n); a = std::span(x, rows); for (float v : a) s += v;"));
  EXPECT_TRUE(stays("std::span a(x, n); other(a); for (float v : a) s += v;"));
  EXPECT_TRUE(stays("std::span a(x, n); auto& b = a; b = {}; for (float v : a) s += v;"));
  EXPECT_TRUE(stays("const std::span a(x, n); for (long n = 0; n < 3; ++n) for (float v : a) s += v;"))
      << "another n at the loop";
  EXPECT_TRUE(stays("const std::span a(x, n); ++x; for (float v : a) s += v;"));
  EXPECT_TRUE(stays("const std::span a(x, n); n = 3; for (float v : a) s += v;"));
  EXPECT_TRUE(stays("const std::span a(x, n); long* p = &n; *p = 3; for (float v : a) s += v;"));
  EXPECT_TRUE(stays("const std::span a(x, n); for (float v : a) { s += v; --n; }"));
  EXPECT_TRUE(stays("const std::span a(x, count()); for (float v : a) s += v;"));
  EXPECT_TRUE(stays("const std::span a(x, x + n); for (float v : a) s += v;"));
  EXPECT_TRUE(stays("const std::span<const float, 4> a(x, 4); for (float v : a) s += v;"));
  EXPECT_TRUE(stays("{ const std::span a(x, n); s = a[0]; } for (float v : a) s += v;")) << "out of sight";
  EXPECT_TRUE(stays("const std::span a(x, n); { const std::span a(y, n); for (float v : a) s += v; }"));
  EXPECT_TRUE(stays("const spans::span a(x, n); for (float v : a) s += v;"));
}

}  // namespace
}  // namespace ke
