// SPDX-License-Identifier: MIT
// Products with few rows or columns: dot products in place, and one row that sweeps over the columns.
#include "tests/unit/templates/recognise.h"

namespace ke {
namespace {

const char* const kFew = "contraction";

// Buffers end with their last element: nothing behind it may be read. `T` is the type of the elements.
std::string few_driver(const std::string& type) {
  return "typedef " + type + R"( T;
  const auto filled = [](long n, int special) { auto v = values(n, special); return std::vector<T>(v.begin(), v.end()); };
  const auto one = [&](int m, int n, int k, int special) {
    auto a = filled(m * k, special), b = filled(n * k, special), c = filled(m * n, 0), d = c;
    original::f(a.data(), b.data(), c.data(), m, n, k);
    rewritten::f(a.data(), b.data(), d.data(), m, n, k);
    compare("few", (m * 1000L + n) * 10000 + k, c, d);
  };
  for (int m : {0, 1, 2, 3, 4, 5, 8, 9}) for (int n : {1, 2, 3, 4, 5, 7, 66}) for (int k : {0, 1, 3, 15, 16, 17, 33, 100}) {
    one(m, n, k, 0);
    one(n, m, k, 0);
  }
  for (int m : {1, 2, 3, 4, 7}) for (int k : {1030, 4099}) { one(m, 6, k, 0); one(6, m, k, 0); }
  for (int special : {1, 2}) for (int k : {17, 4099}) { one(1, 70, k, special); one(70, 2, k, special); one(3, 5, 401, special); }
  one(1, 5, 16403, 0);
  one(17, 30, 401, 0);
  one(25, 24, 400, 0);
  one(25, 26, 400, 0);
  one(300, 1, 40, 0);
  // The very same bits wherever the factors lie.
  for (int m : {1, 2, 3, 9}) for (int n : {1, 5, 66}) for (int k : {79, 1030}) {
    auto a = filled(m * k, 0), b = filled(n * k, 0), start = filled(m * n, 0), c = start, u = filled(m * k + 32, 0), v = filled(n * k + 64, 0);
    rewritten::f(a.data(), b.data(), c.data(), m, n, k);
    for (int from = 1; from < 17; ++from) {
      std::copy(a.begin(), a.end(), u.begin() + from);
      std::copy(b.begin(), b.end(), v.begin() + 3 * from);
      auto d = start;
      rewritten::f(u.data() + from, v.data() + 3 * from, d.data(), m, n, k);
      const std::vector<int> same = {0}, differs = {std::memcmp(c.data(), d.data(), c.size() * sizeof(T)) != 0};
      compare("anywhere", (m * 100L + n) * 10000 + k, same, differs);
    }
  }
)";
}

const char* const kRowsTimesRows = R"(void f(const float* x, const float* w, float* y, int m, int n, int k) {
  for (int i = 0; i < m; ++i)
    for (int j = 0; j < n; ++j) {
      float s = 0.5f;
      for (int p = 0; p < k; ++p) s += x[i * k + p] * w[j * k + p];
      y[i * n + j] = s > 0 ? s : 0;
    }
})";

const char* const kPlainRowsTimesRows =
    R"(void f(const float* x, const float* w, float* y, int m, int n, int k) {
  for (int i = 0; i < m; ++i)
    for (int j = 0; j < n; ++j) {
      float s = 0;
      for (int p = 0; p < k; ++p) s += x[i * k + p] * w[j * k + p];
      y[i * n + j] = s;
    }
})";

const char* const kOverlappingRows = R"(
  for (long shift : {0, 5, 40, 2990, 3000}) for (int m : {1, 3}) {
    auto x = values(4000), y = x;
    original::f(x.data(), x.data() + 1000, x.data() + shift, m, 40, 50);
    rewritten::f(y.data(), y.data() + 1000, y.data() + shift, m, 40, 50);
    compare("overlap", shift, x, y);
  })";

const char* const kGatheredRows =
    R"(void f(const float* a, const float* b, float* c, const int* at, int m, int n, int k) {
  for (int i = 0; i < m; i++)
    for (int j = 0; j < n; j++) {
      float sum = 0;
      for (int p = 0; p < k; p++) sum += a[at[i] * k + p] * b[j * k + p];
      c[i * n + j] = sum;
    }
})";

const char* const kGatheredRowsDriver = R"(
  for (int m : {0, 1, 2, 9, 40}) for (int n : {1, 3, 65}) for (int k : {1, 64}) {
    auto a = values(10 * k), b = values(n * k), c = values(m * n), d = c;
    std::vector<int> at(m);
    for (int i = 0; i < m; ++i) at[i] = i * 7 % 10;
    original::f(a.data(), b.data(), c.data(), at.data(), m, n, k);
    rewritten::f(a.data(), b.data(), d.data(), at.data(), m, n, k);
    compare("gathered", m * 1000 + n, c, d);
  })";

// The plain loops run where buffers overlap. Rows that a table names have the same kernel.
TEST(ContractionFew, TransposedMatrixOverlappingAndGathered) {
  RewriteRules apart;
  apart.noalias = true;
  expect_same_on_every_machine(kFew, {{kRowsTimesRows, few_driver("float")},
                                      {kPlainRowsTimesRows, kOverlappingRows},
                                      {kGatheredRows, kGatheredRowsDriver, apart}});
}

TEST(ContractionFew, TransposedMatrixInTheOtherLoopOrder) {
  expect_same_on_every_machine(kFew,
                               R"(void f(const double* x, const double* w, double* y, int m, int n, int k) {
  for (int j = 0; j < n; ++j)
    for (int i = 0; i < m; ++i) {
      double s = 0;
      for (int p = 0; p < k; ++p) s += x[i * k + p] * w[j * k + p];
      y[j + i * n] -= s;
    }
})",
                               few_driver("double"), kUnoptimised);
}

// No plain product: which side an element comes from matters.
TEST(ContractionFew, DistancesAndFactorsBetweenTheSides) {
  expect_same_on_every_machine(kFew,
                               R"(void f(const float* x, const float* w, float* y, int m, int n, int k) {
  for (int i = 0; i < m; ++i)
    for (int j = 0; j < n; ++j) {
      float s = 0;
      for (int p = 0; p < k; ++p) s += (x[i * k + p] - w[j * k + p]) * (x[i * k + p] - w[j * k + p]);
      y[i * n + j] = s;
    }
})",
                               few_driver("float"), kUnoptimised);
  expect_same_on_every_machine(kFew,
                               R"(void f(const float* x, const float* w, float* y, int m, int n, int k) {
  const float shift = m * n > 0 ? y[0] : 0;
  for (int i = 0; i < m; ++i)
    for (int j = 0; j < n; ++j) {
      float s = 0;
      for (int p = 0; p < k; ++p) s += (x[i * k + p] - shift) * w[j * k + p];
      y[i * n + j] = s;
    }
})",
                               few_driver("float"), kUnoptimised);
}

}  // namespace
}  // namespace ke
