// SPDX-License-Identifier: MIT
#include "tests/unit/rewrites/trial.h"

#include <gtest/gtest.h>

namespace ke {
namespace {

constexpr const char* kSum = R"(
float f(const float* x, const float* w, float* y, long n) {
  float s = 0.5f;
  double t = 0;
  for (long i = 0; i < n; ++i) {
    y[i] = x[i] * w[i];
    s += y[i];
    t -= static_cast<double>(x[i]) * 2;
  }
  return s + t;
})";

// Aliasing is legal here: the elements are still visited in order.
constexpr const char* kSumDriver = R"(
  for (long n : sizes) for (int special : {0, 1, 2}) {
    std::vector<float> x = values(n, special), w = values(n), y(n), z(n);
    std::vector<float> a{original::f(x.data(), w.data(), y.data(), n)}, b{rewritten::f(x.data(), w.data(), z.data(), n)};
    compare("sum", n, a, b); compare("products", n, y, z);
    std::vector<float> p = values(n + 1), q = p;
    a[0] = original::f(p.data(), w.data(), p.data() + 1, n); b[0] = rewritten::f(q.data(), w.data(), q.data() + 1, n);
    compare("overlapping sum", n, a, b); compare("overlapping products", n, p, q);
  })";

TEST(MultiAccumulator, KeepsSumsAndTheOrderOfOtherStores) {
  for (int lanes : {8, 32})
    EXPECT_EQ(differences({kSum, rewritten_by("multi_accumulator", kSum, lanes), kSumDriver}), "");
}

constexpr const char* kMax = R"(
#include <algorithm>
void f(const float* x, float* out, unsigned long n) {
  float largest = x[0], smallest = x[0], selected = x[0], magnitude = 0;
  for (unsigned long i = 1; i < n; ++i) {
    largest = std::max(largest, x[i]);
    if (x[i] < smallest) smallest = x[i];
    selected = selected < x[i] ? x[i] : selected;
    if (std::fabs(x[i]) > magnitude) magnitude = std::fabs(x[i]);
  }
  out[0] = largest; out[1] = smallest; out[2] = selected; out[3] = magnitude;
})";

TEST(MultiAccumulator, KeepsWhatNaNAndInfinityDoToExtremes) {
  const char* driver = R"(
  for (long n : sizes) for (int special : {0, 1, 2, 3}) {
    if (n == 0) continue;
    std::vector<float> x = values(n, special), a(4), b(4);
    original::f(x.data(), a.data(), n); rewritten::f(x.data(), b.data(), n);
    compare("extremes", n, a, b);
  })";
  EXPECT_EQ(differences({kMax, rewritten_by("multi_accumulator", kMax, 8), driver}), "");
}

TEST(MultiAccumulator, LeavesOrderDependentSelectionsAlone) {
  // std::max(e, m) lets a NaN through until the next element: lanes would change the result.
  EXPECT_EQ(results_of("multi_accumulator",
                       "float f(const float* x, long n) { float m = 0; for (long i = 0; i < n; ++i) m = "
                       "std::max(x[i], m); return m; }",
                       8),
            0u);
  EXPECT_EQ(results_of("multi_accumulator",
                       "float f(const float* x, long n) { float m = 0; for (long i = 0; i < n; ++i) m = m > "
                       "x[i] ? m : x[i]; return m; }",
                       8),
            0u);
}

TEST(MultiAccumulator, LeavesLoopsAloneWhoseBodyReadsThePartialResult) {
  EXPECT_EQ(results_of("multi_accumulator",
                       "void f(const float* x, float* y, long n) { float s = 0; for (long i = 0; i < n; ++i) "
                       "{ s += x[i]; y[i] = s; } }",
                       8),
            0u);
  EXPECT_EQ(results_of("multi_accumulator",
                       "float f(const float* x, long n) { float s = 0; for (long i = 0; i < n; ++i) { s += "
                       "x[i]; if (s > 9) break; } return s; }",
                       8),
            0u);
  EXPECT_EQ(results_of("multi_accumulator",
                       "float f(const float* x, long n) { float s = 0; for (long i = 0; i < n; ++i) s += "
                       "g(x[i]); return s; }",
                       8),
            0u);
}

constexpr const char* kArgmax = R"(
int f(const float* x, int n) {
  int best = 0;
  for (int i = 1; i < n; ++i) {
    if (x[i] > x[best]) best = i;
  }
  return best;
})";

TEST(CarryExtreme, WithLanesFindsTheFirstOfEqualElements) {
  const char* driver = R"(
  for (long n : sizes) for (int special : {0, 1, 2, 3}) for (int equal : {0, 1}) {
    if (n == 0) continue;
    std::vector<float> x = values(n, special);
    if (equal) for (float& e : x) if (!std::isnan(e)) e = std::floor(e * 3);
    std::vector<int> a{original::f(x.data(), n)}, b{rewritten::f(x.data(), n)};
    compare("argmax", n, a, b);
  })";
  std::string carried = rewritten_by("carry_extreme", kArgmax, 0);
  EXPECT_EQ(differences({kArgmax, carried, driver}), "");
  EXPECT_EQ(differences({kArgmax, rewritten_by("multi_accumulator", carried, 8), driver}), "");
}

constexpr const char* kScan = R"(
void f(const float* x, float* y, float* z, unsigned long n) {
  float sum = 0.25f;
  for (unsigned long i = 0; i < n; ++i) {
    z[i] = sum;
    sum += x[i];
    y[i] = sum;
  }
})";

TEST(ScanBlocks, KeepsInclusiveAndExclusiveSumsAlsoInPlaceAndOverlapping) {
  const char* driver = R"(
  for (long n : sizes) for (int special : {0, 1, 2}) {
    std::vector<float> x = values(n, special), y(n), z(n), u(n), v(n);
    original::f(x.data(), y.data(), z.data(), n); rewritten::f(x.data(), u.data(), v.data(), n);
    compare("inclusive", n, y, u); compare("exclusive", n, z, v);
    std::vector<float> p = values(n + 1), q = p;
    original::f(p.data(), p.data() + 1, z.data(), n); rewritten::f(q.data(), q.data() + 1, v.data(), n);
    compare("overlapping", n, p, q); compare("overlapping exclusive", n, z, v);
    p = q = values(n);
    original::f(p.data(), p.data(), z.data(), n); rewritten::f(q.data(), q.data(), v.data(), n);
    compare("in place", n, p, q);
  })";
  EXPECT_EQ(differences({kScan, rewritten_by("scan_blocks", kScan, 8), driver}), "");
}

constexpr const char* kGemv = R"(
void f(const float* a, const float* x, float* y, unsigned long rows, unsigned long cols) {
  for (unsigned long i = 0; i < rows; ++i) {
    y[i] = 0;
    for (unsigned long j = 0; j < cols; ++j) y[i] += a[i * cols + j] * x[j];
  }
})";

TEST(RegisterAccumulator, ChecksOverlapAtRunTimeAndFallsBack) {
  const char* driver = R"(
  for (long rows : {0, 1, 3, 5}) for (long n : sizes) {
    std::vector<float> a = values(rows * n), x = values(n), y(rows, 7), z(rows, 7);
    original::f(a.data(), x.data(), y.data(), rows, n); rewritten::f(a.data(), x.data(), z.data(), rows, n);
    compare("gemv", n, y, z);
    std::vector<float> p = values(n + rows), q = p;  // y lies on x
    original::f(a.data(), p.data(), p.data() + n / 2, rows, n); rewritten::f(a.data(), q.data(), q.data() + n / 2, rows, n);
    compare("overlapping gemv", n, p, q);
  })";
  std::string held = rewritten_by("register_accumulator", kGemv, 0);
  EXPECT_NE(held.find("ke_disjoint(a, a + cols * rows, y, y + rows)"), std::string::npos) << held;
  EXPECT_EQ(differences({kGemv, rewritten_by("multi_accumulator", held, 8), driver}), "");
}

TEST(RegisterAccumulator, TrustsADeclaredNoalias) {
  RewriteRules rules;
  rules.noalias = true;
  EXPECT_EQ(rewritten_by("register_accumulator", kGemv, 0, rules).find("ke_disjoint"), std::string::npos);
}

}  // namespace
}  // namespace ke
