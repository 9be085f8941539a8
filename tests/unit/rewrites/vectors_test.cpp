// SPDX-License-Identifier: MIT
// Vectors of a kernel's own: sizes, places, and helpers that are given them by reference.
#include "tests/unit/rewrites/trial.h"

#include <gtest/gtest.h>

namespace ke {
namespace {

// Calls f(x, y, rows, n), also in place.
const std::string kRows = R"(
  for (long rows : {0, 1, 3, 4, 5, 9})
    for (long n : {1, 2, 3, 8, 17}) {
      const auto x = values(rows * n + 4);
      std::vector<float> a(x.size() + 4, 2.5f), b(a);
      original::f(x.data(), a.data(), rows, n);
      rewritten::f(x.data(), b.data(), rows, n);
      compare("rows", n, a, b);
      a = x; b = x;
      original::f(a.data(), a.data(), rows, n);
      rewritten::f(b.data(), b.data(), rows, n);
      compare("in place", n, a, b);
    })";

std::string kernel(const std::string& body) {
  return "void f(const float* x, float* y, long rows, long n) {\n" + body + "\n}\n";
}

TEST(CountedPushes, GiveEachElementItsPlace) {
  for (const std::string body :
       {"for (long r = 0; r < rows; ++r) {\n std::vector<float> t;\n t.reserve(n);\n"
        " for (long i = 0; i < n; ++i) { const float v = x[r * n + i]; t.push_back(v * v); }\n"
        " t.push_back(1);\n for (long i = 0; i < n; ++i) y[r * n + i] = t[i] + t.back(); }",
        "std::vector<int> t;\n for (long i = 2; i <= rows; ++i) t.emplace_back(x[i] * 100);\n"
        "y[0] = t.size(); for (int v : t) y[0] += v;",
        "std::vector<float> t;\n for (long i = n; i < rows; ++i) t.push_back(x[i]);\n y[0] = t.empty() ? 3 : "
        "t[0];"}) {
    const std::string source = "#include <vector>\n" + kernel(body);
    const std::string made = rewritten_by("counted_pushes", source, 0);
    EXPECT_EQ(differences({source, made, kRows}), "") << made;
  }
}

TEST(CountedPushes, LeavesOthersAlone) {
  const auto count = [](const std::string& body) {
    return results_of("counted_pushes", "#include <vector>\n" + kernel(body));
  };
  const std::string t = "std::vector<float> t;\n";
  EXPECT_EQ(count(t + "for (long i = 0; i < n; ++i) if (x[i] > 0) t.push_back(x[i]);"), 0u);
  EXPECT_EQ(count(t + "for (long i = 0; i < n; ++i) { t.push_back(x[i]); t.push_back(1); }"), 0u);
  EXPECT_EQ(count(t + "for (long i = 0; i < n; ++i) { if (x[i] > 0) continue; t.push_back(x[i]); }"), 0u);
  EXPECT_EQ(count(t + "for (long i = 0; i < n; ++i) { if (x[i] > 0) break; t.push_back(x[i]); }"), 0u);
  EXPECT_EQ(count(t + "for (long i = 0; i < n; ++i) t.push_back(t.size());"), 0u);
  EXPECT_EQ(count(t + "for (long i = 0; i < n; i += 2) t.push_back(x[i]);"), 0u);
  EXPECT_EQ(count(t + "for (size_t i = t.size(); i < 9; ++i) t.push_back(x[i]);"), 0u) << "its own size";
  EXPECT_EQ(count(t + "std::vector<int> q(1);\nfor (size_t i = 0; i < q.size(); ++i) { t.push_back(x[i]); "
                      "if (i < 9) q.push_back(1); }"),
            0u)
      << "the bound grows";
  EXPECT_EQ(results_of("counted_pushes", "#include <vector>\nvoid shrink(long&);\n" +
                                             kernel(t + "for (long i = 0; i < n; ++i) { t.push_back(x[i]); "
                                                        "shrink(n); }")),
            0u);
  EXPECT_EQ(count(t + "for (long i = 0; i < n; ++i) { t.push_back(x[i]); --n; }"), 0u);
  EXPECT_EQ(count(t + "t.push_back(1); for (long i = 0; i < n; ++i) t.push_back(x[i]);"), 0u);
  EXPECT_EQ(count(t + "if (n > 9) goto end;\nfor (long i = 0; i < n; ++i) t.push_back(x[i]);\nend:;"), 0u);
  EXPECT_EQ(count("std::vector<float> t(3);\nfor (long i = 0; i < n; ++i) t.push_back(x[i]);"), 0u);
  EXPECT_EQ(count("std::vector<bool> t;\nfor (long i = 0; i < n; ++i) t.push_back(x[i] > 0);"), 0u);
  EXPECT_EQ(count(t + "for (long r = 0; r < rows; ++r) { for (long i = 0; i < n; ++i) t.push_back(x[i]); }"),
            0u);
}

TEST(KnownSizes, OfVectorsThatKeepThem) {
  const std::string source = "#include <vector>\n" + kernel(R"(  for (long r = 0; r < rows; ++r) {
    std::vector<float> t(n), u(static_cast<std::size_t>(n) + 1, 2.0f);
    const std::size_t most = u.size(), less = t.size() - 1;
    for (std::size_t i = 0; i < t.size(); ++i) t[i] = u[most - 1 - i] + static_cast<float>(less);
    for (long i = 0; i < static_cast<long>(t.size()); ++i) y[r * n + i] = t[i] * x[r * n + i];
  })");
  std::string made = rewritten_by("known_sizes", source, 0);
  made = results_of("known_sizes", made) > 0 ? rewritten_by("known_sizes", made, 0) : made;
  EXPECT_EQ(made.find(".size()"), std::string::npos) << made;
  EXPECT_EQ(differences({source, made, kRows}), "") << made;
  const auto count = [](const std::string& body) {
    return results_of("known_sizes", "#include <vector>\nvoid grow(std::vector<float>&);\n" + kernel(body));
  };
  const std::string t = "std::vector<float> t(n);\n", use = "\ny[0] = t.size();";
  EXPECT_EQ(count(t + use), 1u);
  EXPECT_EQ(count(t + "t.push_back(1);" + use), 0u);
  EXPECT_EQ(count(t + "grow(t);" + use), 0u);
  EXPECT_EQ(count(t + "auto& u = t;" + use), 0u);
  EXPECT_EQ(count(t + "n = 3;" + use), 0u);
  EXPECT_EQ(count(t + "long& m = n; m = 3;" + use), 0u);
  EXPECT_EQ(count(t + "long* m = &n; *m = 3;" + use), 0u);
  EXPECT_EQ(
      results_of("known_sizes", "#include <vector>\nvoid shrink(long&);\n" + kernel(t + "shrink(n);" + use)),
      0u);
  EXPECT_EQ(count("std::vector<float> t(n), u(t.size());" + use), 0u);
  EXPECT_EQ(count(t + "t = std::vector<float>(3);" + use), 0u);
  EXPECT_EQ(count("std::vector<float> t(x, x + n);" + use), 0u);
  EXPECT_EQ(count(t + "{ long n = 3; y[n] = t.size(); }"), 0u);
  EXPECT_EQ(count("std::vector<float> t(n); { std::vector<int> t(3); y[0] = t.size(); }"), 0u);
}

// A Thomas solver: recurrences of its own in every row.
const std::string kSolver = R"(#include <vector>
namespace {
template <typename Real>
void solve(std::vector<Real>& diagonal, const std::vector<Real>& off, Real* x) {
  const std::size_t n = diagonal.size();
  for (std::size_t i = 1; i < n; ++i) {
    const Real factor = off[i - 1] / diagonal[i - 1];
    diagonal[i] -= static_cast<Real>(factor * off[i - 1]);
    x[i] -= factor * x[i - 1];
  }
  std::size_t i = n - 1;
  x[i] /= diagonal[i];
  while (i-- > 0) x[i] = (x[i] - off[i] * x[i + 1]) / diagonal[i];
}
}
void f(const float* x, float* y, long rows, long n) {
  for (long r = 0; r < rows; ++r) {
    std::vector<float> diagonal(n, 3.0f);
    std::vector<float> off;
    for (long i = 0; i < n; ++i) off.push_back(x[r * n + i]);
    float* row = y + r * n;
    for (long i = 0; i < n; ++i) row[i] = x[r * n + i];
    solve(diagonal, off, row);
  }
}
)";

TEST(InlineHelpers, TakesReferencesAndTemplates) {
  std::string made = kSolver;
  for (const char* step : {"count_loops", "counted_pushes", "inline_helpers", "known_sizes"})
    made = rewritten_by(step, made, 0);
  EXPECT_EQ(made.find("solve(diagonal, off, row)"), std::string::npos) << made;
  EXPECT_EQ(differences({kSolver, made, kRows}), "") << made;
  RewriteRules apart;
  apart.noalias = true;
  made = rewritten_by("unroll_and_jam", made, 4, apart);
  EXPECT_NE(made.find("const float factor_3 = off_3"), std::string::npos) << made;
  std::string driver = kRows;
  driver.resize(driver.find("a = x; b = x;"));
  EXPECT_EQ(differences({kSolver, made, driver + "}"}), "") << made;
}

TEST(UnrollAndJam, ComparesWhatRowsReachWithoutAnyContract) {
  std::string made = kSolver;
  for (const char* step : {"count_loops", "counted_pushes", "inline_helpers", "known_sizes"})
    made = rewritten_by(step, made, 0);
  made = rewritten_by("unroll_and_jam", made, 4);
  EXPECT_EQ(differences({kSolver, made, kRows}), "") << made;
  // Rows of another length, and ends of rows of which nobody knows the order.
  const std::string source = kernel(R"(  for (long r = 0; r < rows; ++r) {
    const float* k = x + r * (n - 1);
    float* row = y + r * n;
    for (long i = 1; i < n; ++i) row[i] -= k[i - 1] * row[i - 1];
    row[n - 1] *= 2;
  })");
  made = rewritten_by("unroll_and_jam", source, 4);
  EXPECT_NE(made.find("n - 1 >= 0"), std::string::npos) << made;
  EXPECT_EQ(differences({source, made, R"(
  for (long rows : {0, 1, 4, 5, 9})
    for (long n : {1, 2, 3, 8, 17})
      for (long shift : {-40, -9, -1, 0, 1, 2, 9, 40}) {
        const auto x = values(2 * rows * n + 128);
        auto a = x, b = x;
        original::f(a.data() + 64, a.data() + 64 + shift, rows, n);
        rewritten::f(b.data() + 64, b.data() + 64 + shift, rows, n);
        compare("shifted", n, a, b);
      })"}),
            "")
      << made;
}

TEST(InlineHelpers, KeepsWhatReferencesMean) {
  const std::string source = R"(
static void both(float& sum, float first, const float* x, long n, long& last) {
  for (long i = 0; i < n; ++i) { sum += x[i] * first; last = i; }
}
void f(const float* x, float* y, long rows, long n) {
  for (long r = 0; r < rows; ++r) {
    float sum = x[r];
    long last = n;
    both(sum, sum, x + r, last, last);
    y[r] = sum + static_cast<float>(last);
  }
})";
  const std::string made = rewritten_by("inline_helpers", source, 0);
  EXPECT_EQ(differences({source, made, kRows}), "") << made;
  const auto count = [](const std::string& helper, const std::string& call) {
    return results_of("inline_helpers",
                      helper + kernel("for (long r = 0; r < rows; ++r) { double wide = 0; float s = 0; " +
                                      call + " y[r] = s + wide; }"));
  };
  const std::string add = "{ for (long i = 0; i < n; ++i) s += 1; }\n";
  EXPECT_EQ(count("static void add(float& s, long n) " + add, "add(s, n);"), 1u);
  EXPECT_EQ(
      count("static void add(const double& s, float& t, long n) { for (long i = 0; i < n; ++i) t += s; }\n",
            "add(s, s, n);"),
      0u)
      << "a copy, converted";
  EXPECT_EQ(count("static void add(float& s, long n) " + add, "add(y[r], n);"), 0u);
  EXPECT_EQ(count("static void add(float&& s, long n) " + add, "add(static_cast<float&&>(s), n);"), 0u);
  EXPECT_EQ(count("template <typename T> void add(T& s, T limit, long n) " + add, "add(s, wide, n);"), 0u)
      << "two types";
  EXPECT_EQ(count("static float add(float& s, long n) { for (long i = 0; i < n; ++i) s += 1; return s; }\n",
                  "s = s + add(s, n);"),
            0u)
      << "before or behind";
  EXPECT_EQ(count("template <typename T, int K> void add(T& s, long n) " + add, "add(s, n);"), 0u);
  EXPECT_EQ(count("static float wide = 1;\nstatic void add(float& s, long n) { for (long i = 0; i < n; ++i) "
                  "s += wide; "
                  "}\n",
                  "add(s, n);"),
            0u)
      << "another variable of the name";
}

TEST(CountLoops, DropsCountersThatDieWithTheIteration) {
  const std::string source = kernel(R"(  for (long r = 0; r < rows; ++r) {
    unsigned long i = n - 1;
    y[r * n + i] = x[r * n + i];
    while (i-- > 0) y[r * n + i] = x[r * n + i] + y[r * n + i + 1];
  })");
  const std::string made = rewritten_by("count_loops", source, 0);
  EXPECT_EQ(made.find("i = (unsigned long)"), std::string::npos) << made;
  EXPECT_EQ(differences({source, made, kRows}), "") << made;
  const std::string read = rewritten_by("count_loops", kernel(R"(  for (long r = 0; r < rows; ++r) {
    unsigned long i = n - 1;
    while (i-- > 0) y[r * n + i] = x[r * n + i];
    y[r] += i;
  })"),
                                        0);
  EXPECT_NE(read.find("i = (unsigned long)"), std::string::npos) << read;
}

}  // namespace
}  // namespace ke
