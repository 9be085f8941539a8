// SPDX-License-Identifier: MIT
#include "tests/unit/templates/recognise.h"

namespace ke {
namespace {

const char* const kDots = "dots";
const char* const kDotsDriver = R"(
  for (long m : sizes) for (long n : sizes) for (int special : {0, 1, 2}) {
    auto a = values(m * n, special), x = values(std::max(m, n), special), y = values(std::max(m, n)), z = y;
    original::f(a.data(), x.data(), y.data(), m, n);
    rewritten::f(a.data(), x.data(), z.data(), m, n);
    compare("dots", m * 1000 + n, y, z);
  }
)";

const char* const kDotsInMemory =
    R"(void f(const float* a, const float* x, float* y, unsigned long rows, unsigned long cols) {
  for (unsigned long i = 0; i < rows; ++i) {
    y[i] = 0;
    for (unsigned long j = 0; j < cols; ++j) {
      y[i] += a[i * cols + j] * x[j];
    }
  }
})";

const char* const kBiasAndClamp = R"(void f(const float* w, const float* in, float* out, int m, int n) {
  for (int r = 0; r < m; r++) {
    const float* row = w + r * n;
    float acc = out[r];
    for (int c = 0; c < n; c++) acc = acc + row[c] * in[c];
    out[r] = acc > 0.0f ? acc : 0.0f;
  }
})";

const char* const kDotRows = R"(void f(const float* a, const float* x, float* y, int m, int n) {
  for (int i = 0; i < m; ++i) { float s = 0; for (int j = 0; j < n; ++j) s += a[i * n + j] * x[j]; y[i] = s; }
})";

const char* const kDotColumns = R"(void f(const float* a, const float* x, float* y, int m, int n) {
  for (int j = 0; j < n; ++j) { float s = 0; for (int i = 0; i < m; ++i) s += a[i * n + j] * x[i]; y[j] = s; }
})";

const char* const kDotOverlap = R"(
  for (int shift : {0, 3, 100, 1000}) {
    auto x = values(4000), y = x;
    original::f(x.data(), x.data() + 2000, x.data() + shift, 40, 40);
    rewritten::f(y.data(), y.data() + 2000, y.data() + shift, 40, 40);
    compare("overlap", shift, x, y);
  })";

// The last vector overlaps the one before it: nothing counts twice, and nothing beyond the end is read. Where
// buffers overlap the plain loops run.
TEST(Dots, ProductsInEitherLayoutWithTails) {
  expect_same_on_every_machine(kDots, {{kDotRows, kDotsDriver},
                                       {kDotColumns, kDotsDriver},
                                       {kDotsInMemory, kDotsDriver, {}, Machines::this_one},
                                       {kBiasAndClamp, kDotsDriver, {}, Machines::this_one},
                                       {kDotRows, kDotOverlap, {}, Machines::this_one}});
}

TEST(Dots, TransposedMatrixInTheOtherLoopOrder) {
  expect_same(kDots, R"(void f(const float* a, const float* x, float* y, int m, int n) {
  for (int j = 0; j < n; ++j)
    for (int i = 0; i < m; ++i)
      y[i] -= x[j] * a[j * m + i];
})",
              kDotsDriver);
}

const char* const kSquaresOfColumns = R"(void f(const float* a, const float*, float* y, int m, int n) {
  for (int c = 1; c < n; ++c) {
    float s = 0;
    for (int r = 0; r < m; ++r) s += a[r * n + c] * a[r * n + c];
    y[c] = s;
  }
})";

const char* const kSquaresOfRows = R"(void f(const float* a, const float*, float* y, int m, int n) {
  for (int i = 0; i < m; ++i) { float s = 0; for (int j = 0; j < n; ++j) s += a[i * n + j] * a[i * n + j]; y[i] = s; }
})";

TEST(Dots, SumsOfSquaresOfRowsAndOfColumnsFromAnOffset) {
  expect_same_on_every_machine(
      kDots, {{kSquaresOfRows, kDotsDriver}, {kSquaresOfColumns, kDotsDriver, {}, Machines::this_one}});
}

TEST(Dots, IsSilentAboutWhatIsNone) {
  // Solving a triangular system: every sum needs the results before it.
  EXPECT_FALSE(recognised(kDots, R"(void f(const float* l, const float* b, float* x, int n) {
  for (int i = 0; i < n; ++i) { float s = b[i]; for (int j = 0; j < i; ++j) s -= l[i * n + j] * x[j]; x[i] = s; } })"));
  EXPECT_FALSE(recognised(kDots, R"(void f(const float* a, float* x, int n) {
  for (int i = 0; i < n; ++i) { float s = 0; for (int j = 0; j < n; ++j) s += a[i * n + j] * x[j]; x[i] = s; } })"));
  EXPECT_FALSE(recognised(kDots, R"(float next();
void f(const float* a, const float* x, float* y, int n) {
  for (int i = 0; i < n; ++i) { float s = next(); for (int j = 0; j < n; ++j) s += a[i * n + j] * x[j]; y[i] = s; } })"));
}

}  // namespace
}  // namespace ke
