// SPDX-License-Identifier: MIT
// Sources of the same product: their kernel, which takes far longer to compile than to run, is compiled once
// for each test.
#include "tests/unit/templates/recognise.h"

namespace ke {
namespace {

const char* const kProducts = "contraction";

// Sizes below, at and above tiles and strips; `ta`, `tb`: shapes of what is passed.
const char* const kProductDriver = R"(
  for (long m : {0, 1, 2, 7, 9, 33, 100}) for (long n : {0, 1, 3, 16, 31, 65, 130}) for (long k : {0, 1, 5, 64, 300})
    for (int special : {0, 1, 2}) {
      auto a = values(m * k, special), b = values(k * n, special), c = values(m * n), d = c;
      original::f(a.data(), b.data(), c.data(), m, n, k);
      rewritten::f(a.data(), b.data(), d.data(), m, n, k);
      compare("product", m * 10000 + n, c, d);
    }
)";

const char* const kScalarSum = R"(void f(const float* a, const float* b, float* c, int m, int n, int k) {
  for (int i = 0; i < m; i++) {
    for (int j = 0; j < n; j++) {
      float sum = 0;
      for (int p = 0; p < k; p++) {
        sum += a[i * k + p] * b[p * n + j];
      }
      c[i * n + j] = 0.5f * sum + 2 * c[i * n + j];
    }
  }
})";

const char* const kHoistedFactor =
    R"(void f(const float* a, const float* b, float* c, long m, long n, long k) {
  const float alpha = 0.25f;
  for (long i = 0; i < m; ++i) {
    const float* row = a + i * k;
    float* out = c + i * n;
    for (long j = 0; j < n; ++j) out[j] *= 0.5f;
    for (long p = 0; p < k; ++p) {
      const float s = alpha * row[p];
      for (long j = 0; j < n; ++j) out[j] += s * b[p * n + j];
    }
  }
})";

const char* const kOverwriting = R"(void f(const float* a, const float* b, float* c, int m, int n, int k) {
  for (int i = 0; i < m; i++)
    for (int j = 0; j < n; j++) {
      float sum = 0;
      for (int p = 0; p < k; p++) sum += a[i * k + p] * b[p * n + j];
      c[i * n + j] = sum;
    }
})";

const char* const kOverlappingOperands = R"(
  for (long shift : {0, 5, 40}) {
    auto x = values(4000), y = x;
    original::f(x.data(), x.data() + 1000, x.data() + shift, 20, 20, 20);
    rewritten::f(y.data(), y.data() + 1000, y.data() + shift, 20, 20, 20);
    compare("overlap", shift, x, y);
  })";

const char* const kLeadingDimensions =
    R"(void f(int m, int n, int k, float alpha, const float* a, int lda, const float* b, int ldb, float beta, float* c, int ldc) {
  for (int i = 0; i < m; ++i) {
    for (int j = 0; j < n; ++j) c[i * ldc + j] = beta * c[i * ldc + j];
    for (int p = 0; p < k; ++p) {
      const float x = alpha * a[i * lda + p];
      for (int j = 0; j < n; ++j) c[i * ldc + j] += x * b[p * ldb + j];
    }
  }
})";

// Rows of leading dimensions: nothing may be read behind the last element of the last row.
const char* const kTileBoundaries = R"(
  const auto one = [&](int m, int n, int k) {
    const int lda = k + 3, ldb = n + 1, ldc = n + 5;
    auto a = values((m - 1) * lda + std::max(k, 1)), b = values(k ? (k - 1) * ldb + n : 1), c = values((m - 1) * ldc + n), d = c;
    original::f(m, n, k, 0.5f, a.data(), lda, b.data(), ldb, 2, c.data(), ldc);
    rewritten::f(m, n, k, 0.5f, a.data(), lda, b.data(), ldb, 2, d.data(), ldc);
    compare("tiles", (m * 1000L + n) * 1000 + k, c, d);
  };
  for (int m : {1, 5, 6, 7, 8, 9, 13, 17}) for (int n : {3, 7, 8, 9, 15, 16, 17, 31, 33, 47, 48, 49, 95, 97, 113})
    for (int k : {0, 1, 2, 131}) one(m, n, k);
  for (int m : {95, 96, 97, 191, 192, 193, 211}) for (int n : {5, 50, 96}) for (int k : {1, 17}) one(m, n, k);
  for (int k : {255, 256, 257, 521}) one(10, 50, k);
)";

const char* const kWiderRows =
    R"(void f(const float* x, const float* w, float* y, int m, int n, int k, int ldw) {
  for (int i = 0; i < m; ++i)
    for (int j = 0; j < n; ++j) {
      float s = 0;
      for (int p = 0; p < k; ++p) s += x[i * k + p] * w[p * ldw + j];
      y[i * n + j] += s;
    }
})";

// One row sweeps over columns side by side.
const char* const kOneRow = R"(
  const auto one = [&](int m, int n, int k, int special) {
    auto a = values(m * k, special), b = values(k ? (k - 1) * (n + 3) + n : 0, special), c = values(m * n), d = c;
    original::f(a.data(), b.data(), c.data(), m, n, k, n + 3);
    rewritten::f(a.data(), b.data(), d.data(), m, n, k, n + 3);
    compare("one row", n * 10000L + k, c, d);
  };
  for (int n : {3, 16, 31, 63, 64, 65, 79, 80, 300}) for (int k : {1, 2, 3, 7, 8, 9, 17, 100, 300}) one(1, n, k, 0);
  for (int n : {4095, 4096, 4097, 4111, 4112, 4113, 8230}) for (int k : {1, 11}) one(1, n, k, 0);
  for (int special : {1, 2}) { one(1, 79, 60, special); one(1, 4113, 9, special); one(2, 79, 60, special); }
)";

TEST(ContractionProducts, RowsTimesColumns) {
  expect_same_on_every_machine(kProducts, {{kScalarSum, kProductDriver, {}, Machines::this_one},
                                           {kHoistedFactor, kProductDriver, {}, Machines::this_one},
                                           {kOverwriting, kOverlappingOperands},
                                           {kLeadingDimensions, kTileBoundaries},
                                           {kWiderRows, kOneRow}});
}

TEST(ContractionProducts, OtherLoopOrdersAndMemoryTargets) {
  std::vector<Sample> samples;
  for (const char* order : {"ipj", "pij", "jpi", "pji", "jip"}) {
    std::string loops;
    for (const char* v = order; *v; ++v) {
      const std::string name(1, *v), end = *v == 'i' ? "m" : *v == 'j' ? "n" : "k";
      loops += "for (size_t " + name + " = 0; " + name + " < " + end + "; ++" + name + ") ";
    }
    samples.push_back(
        {"void f(const float* a, const float* b, float* c, size_t m, size_t n, size_t k) {\n  " + loops +
             "\n    c[i * n + j] += a[i * k + p] * b[p * n + j];\n}",
         kProductDriver,
         {},
         Machines::this_one});
  }
  expect_same_on_every_machine(kProducts, samples, kUnoptimised);
}

const char* const kTransposedVectors = R"(#include <vector>
void f(const std::vector<double>& a, const std::vector<double>& b, std::vector<double>& c, int m, int n, int k) {
  for (int col = 0; col < n; ++col)
    for (int row = 0; row < m; ++row) {
      double t = c[row + col * m];
      for (int q = 0; q < k; ++q) t -= a[q * m + row] * b[col * k + q];
      c[row + col * m] = t > 0 ? t : 0.0;
    }
})";

const char* const kTransposedVectorsDriver = R"(
  for (int m : {0, 1, 2, 9, 40}) for (int n : {0, 1, 3, 17, 65}) for (int k : {0, 1, 5, 300}) {
    auto x = values(m * k), y = values(k * n), z = values(m * n);
    std::vector<double> a(x.begin(), x.end()), b(y.begin(), y.end()), c(z.begin(), z.end()), d = c;
    original::f(a, b, c, m, n, k);
    rewritten::f(a, b, d, m, n, k);
    compare("double", m * 1000 + n, c, d);
  })";

const char* const kTransposedPointers =
    R"(void f(const double* a, const double* b, double* c, int m, int n, int k) {
  for (int j = 0; j < n; ++j)
    for (int i = 0; i < m; ++i) {
      double s = 0;
      for (int p = 0; p < k; ++p) s += a[p * m + i] * b[j * k + p];
      c[i + j * m] = s - c[i + j * m];
    }
})";

const char* const kAroundPacks = R"(
  for (int m : {1, 7, 8, 24, 25, 49, 200}) for (int n : {3, 8, 17, 200}) for (int k : {1, 15, 16, 17, 33, 257}) {
    auto x = values(m * k), y = values(k * n), z = values(m * n);
    std::vector<double> a(x.begin(), x.end()), b(y.begin(), y.end()), c(z.begin(), z.end()), d = c;
    original::f(a.data(), b.data(), c.data(), m, n, k);
    rewritten::f(a.data(), b.data(), d.data(), m, n, k);
    compare("transposed", m * 1000 + n, c, d);
  })";

TEST(ContractionProducts, TransposedOperandsInDouble) {
  expect_same_on_every_machine(kProducts,
                               {{kTransposedVectors, kTransposedVectorsDriver, {}, Machines::this_one},
                                {kTransposedPointers, kAroundPacks}});
}

}  // namespace
}  // namespace ke
