// SPDX-License-Identifier: MIT
// Loops that do not count, and pointers that walk: the same kernels as others write them.
#include "ke-build/search/rewrites/recipes.h"
#include "tests/unit/rewrites/trial.h"

#include <gtest/gtest.h>

namespace ke {
namespace {

// Applied until nothing more applies, as recipes do.
std::string with_counts(const std::string& source) {
  const CodeRecipe recipe{"counts", {{"count_loops", 0}, {"index_walkers", 0}}, {}};
  Cooked cooked = Kitchen(source, "f", {}).cook(recipe);
  EXPECT_FALSE(cooked.applied.empty()) << source;
  return cooked.source;
}

void expect_counted(const std::string& source, const std::string& driver) {
  const std::string made = with_counts(source);
  EXPECT_EQ(differences({source, made, driver}), "");
  EXPECT_EQ(made.find("while"), std::string::npos) << made;
  EXPECT_EQ(made.find("*y++"), std::string::npos) << made;
}

const char* const kMapDriver = R"(
  for (long n : sizes) {
    auto x = values(n + 1), y = values(n + 1), z = y;
    original::f(x.data(), y.data(), n);
    rewritten::f(x.data(), z.data(), n);
    compare("map", n, y, z);
    auto u = x, v = x;
    if (n > 0) { original::f(u.data(), u.data() + 1, n - 1); rewritten::f(v.data(), v.data() + 1, n - 1); }
    compare("shifted", n, u, v);
  })";

TEST(CountLoops, WhileLoopsThatCountDown) {
  expect_counted("void f(const float* x, float* y, unsigned long n) { while (n--) *y++ = *x++ * 2; }",
                 kMapDriver);
  expect_counted(
      "void f(const float* x, float* y, int n) { while (n > 0) { *y = *x + *y; ++x; y += 1; --n; } }",
      kMapDriver);
  expect_counted("void f(const float* x, float* y, unsigned n) { for (; n; --n) *y++ = *x++; *y += n; }",
                 kMapDriver);
}

TEST(CountLoops, WhileLoopsThatCountUp) {
  expect_counted(R"(void f(const float* x, float* y, long n) {
  long i = 0;
  while (i < n) {
    y[i] = x[i] > 0 ? x[i] : 0;
    ++i;
  }
})",
                 kMapDriver);
  expect_counted(R"(void f(const float* x, float* y, long n) {
  long i = 1;
  while (i <= n) { const float v = *x++; *y++ = v * i; i += 1; }
})",
                 kMapDriver);
}

TEST(CountLoops, PointersAndIterators) {
  expect_counted(R"(void f(const float* x, float* y, long n) {
  for (const float *p = x; p != x + n; ++p) *y++ = *p - 1;
})",
                 kMapDriver);
  const std::string sum = R"(#include <vector>
float f(const std::vector<float>& x) {
  float s = 0, m = -9;
  for (auto it = x.begin(); it != x.end(); ++it) s += *it;
  for (const float v : x) if (v > m) m = v;
  return s + m;
})";
  const std::string made = with_counts(sum);
  EXPECT_EQ(made.find("auto it"), std::string::npos) << made;
  EXPECT_EQ(made.find(" : x"), std::string::npos) << made;
  EXPECT_EQ(differences({sum, made, R"(
  for (long n : sizes) {
    auto x = values(n);
    compare("sum", n, std::vector<float>{original::f(x)}, std::vector<float>{rewritten::f(x)});
  })"}),
            "");
}

TEST(CountLoops, PointersThatWalkToTheirEnd) {
  expect_counted(R"(static float total(const float* p, const float* end) {
  float s = 0;
  for (; p != end; ++p) s += *p * *p;
  return s;
}
void f(const float* x, float* y, long n) {
  const float* stop = x + n;
  const float* p = x;
  while (p < stop) { *y++ = *p; p++; }
  for (long i = 0; i < 1; ++i) *y = total(x, stop);
})",
                 kMapDriver);
}

TEST(CountLoops, InLoopsThatCarryTheCounterOn) {
  // Only the first row is counted: there is nothing left for the others.
  expect_counted(R"(void f(const float* x, float* y, unsigned n) {
  for (int r = 0; r < 3; ++r) {
    y[n] += r;
    while (n > 0) { *y = x[r] + r; --n; }
  }
})",
                 kMapDriver);
}

TEST(CountLoops, LeavesAloneWhatMayGoOnOrIsNeededLater) {
  const auto count = [](const std::string& body) {
    return results_of(
        "count_loops",
        "#include <vector>\nint g(int);\nint f(const float* x, float* y, int n, std::vector<float> v) {\n" +
            body + "\nreturn 0; }");
  };
  EXPECT_EQ(count("while (n--) if (x[n] > 0) break; return n;"), 0u);
  EXPECT_EQ(count("while (n > 0) { y[0] = 1; --n; } return n;"), 0u);
  EXPECT_EQ(count("int i = 0; while (i < n) { if (x[i] > 0) continue; ++i; }"), 0u);
  EXPECT_EQ(count("int i = 0; while (i < n) { if (x[i] > 0) break; ++i; } return i;"), 0u);
  EXPECT_EQ(count("int i = 0; while (i < n) { n = n - 1; ++i; }"), 0u);
  EXPECT_EQ(count("int i = 0; for (int r = 0; r < 4; ++r) while (i < n) { y[i] = r; ++i; }"), 0u);
  EXPECT_EQ(count("int i = 0; while (i < n) { i = g(i); ++i; }"), 0u);
  EXPECT_EQ(count("for (const float* p = x; *p != 0; ++p) y[0] += *p;"), 0u);
  EXPECT_EQ(count("for (const float* p = x; p != x + n; ++p) { if (*p > 0) ++p; }"), 0u);
}

TEST(IndexWalkers, RowsThatWalk) {
  expect_counted(R"(void f(const float* x, float* y, int n) {
  const int rows = n / 4;
  const float* row = x;
  for (int r = 0; r < rows; ++r) {
    float s = 0;
    for (int c = 0; c < 4; ++c) s += row[c];
    *y++ = s;
    row += 4;
  }
  if (rows > 0) y[-1] += row[-1];
})",
                 kMapDriver);
}

TEST(IndexWalkers, OffsetsBeforeAndBehindTheirStep) {
  expect_counted(R"(void f(const float* x, float* y, long n) {
  long at = 0;
  for (long i = 3; i < n - 3; i++) {
    y[at] = x[i];
    ++at;
    y[at] += 0.5f;
  }
  y[0] += at;
})",
                 kMapDriver);
}

// Several results of one iteration, read and written behind each other.
TEST(IndexWalkers, SeveralStepsInOneIteration) {
  expect_counted(R"(void f(const float* x, float* y, int n) {
  const float* const first = x;
  for (int i = 2; i < n / 4; ++i) {
    const float a = *x++;
    *y++ = a + i;
    *++x;
    const float b = x[-1] * *(x + 1);
    x += 2;
    *y++ = b - a;
    y[0] += x[-1];
    ++y;
  }
  if (n > 12) y[-1] += x - first;
})",
                 kMapDriver);
  expect_counted(R"(void f(const float* x, float* y, long n) {
  for (long r = 0; r < 2; ++r)
    for (long i = 0; i < n / 4; ++i) {
      const int v = static_cast<int>(*x++ * 100);
      *y++ = v & 15;
      *y++ = v >> 4;
    }
})",
                 kMapDriver);
}

TEST(IndexWalkers, LeavesAloneWhatDoesNotWalkEvenly) {
  const auto count = [](const std::string& body) {
    return results_of("index_walkers", "void f(const float* x, float* y, int n, int k) {\n" + body + "\n}");
  };
  EXPECT_EQ(count("for (int i = 0; i < n; ++i) if (x[i] > 0) *y++ = x[i];"), 0u);
  EXPECT_EQ(count("for (int i = 0; i < n; ++i) { *y++ = x[i]; if (x[i] > 0) *y++ = 0; }"), 0u);
  EXPECT_EQ(count("for (int i = 0; i < n; ++i) { *y++ = x[i]; y += k; }"), 0u);
  EXPECT_EQ(count("for (int i = 0; i < n; ++i) { y[0] = *x++ - *x++; }"), 0u);
  EXPECT_EQ(count("for (int i = 0; i < n; ++i) { *y++ = x[i]; *y++ = y[1]; }"), 0u);
  EXPECT_EQ(count("for (int i = 0; i < n; ++i) { *y++ = x[i]; --y; }"), 0u);
  EXPECT_EQ(count("for (int i = 0; i < n; ++i) { *y = x[i]; y += k; k += 1; }"), 0u);
  EXPECT_EQ(count("for (int i = 0; i < n; ++i) { *y++ = x[i]; if (x[i] > 9) break; }"), 0u);
  EXPECT_EQ(count("for (int i = 0; i < n; ++i) { *y++ = y[1]; }"), 0u);
  EXPECT_EQ(count("for (int i = 0; i < n; ++i) { k += 3; }"), 0u);
}

}  // namespace
}  // namespace ke
