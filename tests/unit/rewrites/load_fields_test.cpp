// SPDX-License-Identifier: MIT
// Objects that a function is given: their fields in front of the loop, their functions written out.
#include "tests/unit/rewrites/trial.h"

#include <gtest/gtest.h>

namespace ke {
namespace {

const std::string kFilter = R"(#include <cstdint>
struct Filter {
  std::int32_t from, to;  // [from, to)
  std::int32_t least;
  bool accepts(std::int32_t date, std::int32_t amount) const;
  int width() const { return to - from; }
};
bool Filter::accepts(std::int32_t date, std::int32_t amount) const {
  if (date < from || date >= to) return false;
  return amount >= least;
}
)";

TEST(LoadFields, OfAFilterWhoseFunctionsAreDefinedOutside) {
  const std::string source = kFilter + R"(
void f(const std::int32_t* dates, const std::int32_t* amounts, long parts, long n, const Filter& filter,
       std::int64_t* totals) {
  for (long p = 0; p < parts; ++p) {
    totals[p] = 0;
    for (long i = p * n; i < (p + 1) * n; ++i) {
      if (!filter.accepts(dates[i], amounts[i])) continue;
      totals[p] += std::int64_t(amounts[i]) * filter.width();
    }
  }
})";
  const std::string made = rewritten_by("load_fields", source, 0);
  EXPECT_EQ(made.find("filter.accepts"), std::string::npos) << made;
  EXPECT_EQ(made.find("ke_disjoint"), std::string::npos) << "types of other widths: " << made;
  EXPECT_EQ(differences({source, made, R"(
  for (long parts : {0, 1, 3}) for (long n : {0, 1, 7, 64, 130}) {
    std::vector<int> d(parts * n + 1), a(parts * n + 1);
    for (long i = 0; i < parts * n; ++i) d[i] = (i * 7919) % 100, a[i] = (i * 104729) % 50 - 9;
    std::vector<std::int64_t> y(parts + 1, 5), z = y;
    original::f(d.data(), a.data(), parts, n, original::Filter{20, 70, 3}, y.data());
    rewritten::f(d.data(), a.data(), parts, n, rewritten::Filter{20, 70, 3}, z.data());
    if (y != z) std::printf("parts=%ld n=%ld\n", parts, n);
  })"}),
            "");
}

const std::string kCurve = R"(namespace kit {
class Curve {
 public:
  Curve(float a, float b);
  float at(float x) const;
  float a_, b_;
};
inline float Curve::at(float x) const { return x > b_ ? a_ * x : b_; }
Curve::Curve(float a, float b) : a_(a), b_(b) {}
}
)";

// The curve may lie within what the loop writes.
TEST(LoadFields, AskWhereTypesSayNothing) {
  const std::string source = kCurve + R"(
void f(const float* x, float* y, long rows, long n, const kit::Curve& curve) {
  for (long r = 0; r < rows; ++r)
    for (long i = 0; i < n; ++i) y[r * n + i] = curve.at(x[r * n + i]) + curve.a_;
})";
  const std::string made = rewritten_by("load_fields", source, 0);
  EXPECT_NE(made.find("ke_disjoint(y, y + "), std::string::npos) << made;
  RewriteRules apart;
  apart.noalias = true;
  EXPECT_EQ(rewritten_by("load_fields", source, 0, apart).find("ke_disjoint"), std::string::npos);
  EXPECT_EQ(differences({source, made, R"(
  for (int special : {0, 1, 2}) for (long n : {0, 1, 2, 9, 64, 131}) {
    const auto x = values(3 * n + 8, special);
    std::vector<float> a(3 * n + 16, 1), b(a);
    original::f(x.data(), a.data(), 3, n, {0.5f, -0.25f});
    rewritten::f(x.data(), b.data(), 3, n, {0.5f, -0.25f});
    compare("apart", n, a, b);
    for (long at : {0L, n, 3 * n}) {
      original::f(x.data(), a.data(), 3, n, (const original::kit::Curve&)a[at]);
      rewritten::f(x.data(), b.data(), 3, n, (const rewritten::kit::Curve&)b[at]);
      compare("within", n, a, b);
    }
  })",
                         true, "-fno-strict-aliasing"}),
            "");
}

TEST(LoadFields, OfACopyThatChanges) {
  const std::string source = R"(struct Smoother {
  float kept, level;
  float next(float x) { return level = kept * level + (1 - kept) * x; }
};
void f(const float* x, float* y, long rows, long n, Smoother smoother) {
  for (long r = 0; r < rows; ++r) {
    const Smoother start = smoother;
    for (long i = 0; i < n; ++i) y[r * n + i] = smoother.next(x[r * n + i]);
    if (n > 2) smoother.kept *= 0.5f;
    y[rows * n + r] = smoother.level;
  }
})";
  EXPECT_EQ(results_of("load_fields", source), 0u) << "copied as a whole";
  std::string plain = source;
  plain.erase(plain.find("    const Smoother start"), 36);
  const std::string made = rewritten_by("load_fields", plain, 0);
  EXPECT_EQ(made.find("smoother.next"), std::string::npos) << made;
  EXPECT_EQ(differences({plain, made, R"(
  for (long n : {0, 1, 2, 9, 64, 131}) {
    const auto x = values(3 * n + 8);
    std::vector<float> a(3 * n + 16, 1), b(a);
    original::f(x.data(), a.data(), 3, n, {0.5f, -0.25f});
    rewritten::f(x.data(), b.data(), 3, n, {0.5f, -0.25f});
    compare("state", n, a, b);
  })"}),
            "");
}

TEST(LoadFields, OfElementsThatAReferenceNames) {
  const std::string source = R"(struct Line { float slope, start; };
void f(const Line* lines, double* y, long rows, long n) {
  for (long r = 0; r < rows; ++r) {
    const Line& line = lines[r];
    const Line last = lines[rows - 1 - r];
    for (long i = 0; i < n; ++i) y[r * n + i] = line.slope * i + line.start + last.start;
  }
})";
  const std::string made = rewritten_by("load_fields", source, 0);
  EXPECT_NE(made.find("line_slope * i"), std::string::npos) << made;
  EXPECT_EQ(results_of("load_fields", source), 2u) << "the copy, too";
  EXPECT_EQ(differences({source, made, R"(
  const original::Line lines[] = {{1, 2}, {0.5f, 3}, {-1, 4}};
  for (long n : {0, 1, 5, 64}) {
    std::vector<double> a(3 * n + 1, 1), b(a);
    original::f(lines, a.data(), 3, n);
    rewritten::f((const rewritten::Line*)lines, b.data(), 3, n);
    compare("lines", n, a, b);
  })"}),
            "");
}

TEST(LoadFields, LeaveAloneWhatMayChange) {
  const auto count = [](const std::string& text, RewriteRules rules = {}) {
    return results_of("load_fields", text, 0, rules);
  };
  const std::string type = "struct P { float a; int n; float at(int i) const { return a * i; } };\n";
  const auto loop = [&](const std::string& parameters, const std::string& body) {
    return type + "void f(float* y, int* z, long n, " + parameters + ") { for (long i = 0; i < n; ++i) " +
           body + " }";
  };
  EXPECT_EQ(count(loop("const P& p", "y[i] = p.n;")), 1u) << "a float is no int";
  EXPECT_EQ(count(loop("const P& p", "{ *z++ = p.n; }")), 0u) << "where it ends nobody knows";
  EXPECT_EQ(count(loop("P& p", "y[i] = p.n;")), 0u) << "anybody may write it";
  EXPECT_EQ(count(loop("const P& p", "{ y[i] = p.n; use(y); }")), 0u) << "calls something unknown";
  EXPECT_EQ(count(loop("const P& p", "y[i] = use(p) + p.n;")), 0u) << "asked for as a whole";
  EXPECT_EQ(count(loop("P p", "y[i] = use(&p) + p.n;")), 0u) << "its address is taken";
  EXPECT_EQ(count(loop("const P& p", "{ const P& q = p; y[i] = q.n + p.n; }")), 0u);
  EXPECT_EQ(count(loop("const P& p", "{ int p = 3; y[i] = p; }")), 0u) << "another p";
  EXPECT_EQ(count(loop("volatile P& p", "y[i] = p.n;")), 0u);
  const std::string user =
      "void f(float* y, long n, const P& p) { for (long i = 0; i < n; ++i) y[i] = p.at(i); }";
  EXPECT_EQ(count("struct P { int n; float at(int i) const; };\n" + user), 0u) << "defined elsewhere";
  const std::string body = "float P::at(int i) const { return i * n; }\n";
  EXPECT_EQ(count("struct P { int n; float at(int i) const; };\n" + body + user), 1u);
  EXPECT_EQ(count("struct P { int n; float at(int i) const; float at(long i) const; };\n" + body + user), 0u)
      << "which one?";
  EXPECT_EQ(
      count("struct P { int n; float at(int i) const; };\n" + body + "#if X\n" + body + "#endif\n" + user),
      0u);
  EXPECT_EQ(count("struct P { int n; virtual float at(int i) const; };\n" + body + user), 0u);
  EXPECT_EQ(
      count("struct P { int n; float at(int i) const { return i * y; } };\nstatic const int y = 3;\n" + user),
      0u)
      << "another y there";
  RewriteRules rules;
  rules.headers = "struct P { int n; float at(int i) const; };\n";
  EXPECT_EQ(count(body + user, rules), 1u) << "a header's class";
}

}  // namespace
}  // namespace ke
