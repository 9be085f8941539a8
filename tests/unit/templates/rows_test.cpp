// SPDX-License-Identifier: MIT
// Sums and extremes of the rows of norms, softmax and statistics.
#include "tests/unit/templates/recognise.h"

namespace ke {
namespace {

const char* const kRuns = "runs";
const char* const kRunsDriver = R"(
  for (long rows : {0, 1, 5}) for (long cols : sizes) for (int special : {0, 1, 2, 3}) {
    if (cols == 0) continue;
    auto x = values(rows * cols, special), w = values(cols), y = values(rows * cols), z = y;
    original::f(x.data(), w.data(), y.data(), rows, cols);
    rewritten::f(x.data(), w.data(), z.data(), rows, cols);
    compare("rows", rows * 1000 + cols, y, z);
    auto u = x, v = x;
    original::f(u.data(), w.data(), u.data(), rows, cols);
    rewritten::f(v.data(), w.data(), v.data(), rows, cols);
    compare("in place", rows * 1000 + cols, u, v);
  }
)";

TEST(Runs, SoftmaxWithItsSumInTheLoopThatStores) {
  expect_same(kRuns, R"(#include <algorithm>
#include <cmath>
void f(const float* x, const float*, float* y, long rows, long cols) {
  for (long i = 0; i < rows; ++i) {
    float largest = x[i * cols];
    for (long j = 1; j < cols; ++j) largest = std::max(largest, x[i * cols + j]);
    float sum = 0;
    for (long j = 0; j < cols; ++j) {
      y[i * cols + j] = std::exp(x[i * cols + j] - largest);
      sum += y[i * cols + j];
    }
    for (long j = 0; j < cols; ++j) y[i * cols + j] /= sum;
  }
})",
              kRunsDriver);
}

TEST(Runs, VarianceThroughHelpers) {
  expect_same(kRuns, R"(#include <cmath>
static float mean_of(const float* x, int n) {
  float sum = 0.0f;
  for (int i = 0; i < n; i++) sum += x[i];
  return sum / n;
}
static float variance_of(const float* x, int n, float mean) {
  float sum = 0.0f;
  for (int i = 0; i < n; i++) {
    float d = x[i] - mean;
    sum += d * d;
  }
  return sum / n;
}
void f(const float* x, const float* w, float* y, int rows, int cols) {
  for (int r = 0; r < rows; r++) {
    float mean = mean_of(x + r * cols, cols);
    float variance = variance_of(x + r * cols, cols, mean);
    for (int c = 0; c < cols; c++) y[r * cols + c] = (x[r * cols + c] - mean) / std::sqrt(variance + 1e-5f) * w[c];
  }
})",
              kRunsDriver);
}

TEST(Runs, ExtremesInFourSpellings) {
  for (const char* update : {"if (v > m) m = v;", "m = v > m ? v : m;", "m = m < v ? v : m;",
                             "if (std::fabs(v) > m) m = std::fabs(v);"}) {
    expect_same(kRuns, std::string(R"(#include <cmath>
void f(const float* x, const float*, float* y, long rows, long cols) {
  for (long r = 0; r < rows; ++r) {
    float m = 0.25f;
    for (long c = 0; c < cols; ++c) {
      const float v = x[r * cols + c];
      )") + update + R"(
    }
    for (long c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * m;
  }
})",
                kRunsDriver);
  }
}

TEST(Runs, WeightedSumOfTwoRowsAndSmallestInDouble) {
  expect_same(kRuns, R"(
double f(const double* x, const double* w, int n) {
  double s = 1.5, least = 1e300;
  for (int i = 0; i < n; ++i) s -= 0.5 * w[i] * x[i];
  for (int i = 0; i < n; ++i) if (least > x[i]) least = x[i];
  return n == 0 ? s : s + least;
})",
              R"(
  for (long n : sizes) for (int special : {0, 1, 2}) {
    auto a = values(n + 1, special), b = values(n + 1);
    std::vector<double> x(a.begin(), a.end()), w(b.begin(), b.end());
    compare("run", n, std::vector<double>{original::f(x.data(), w.data(), n)}, std::vector<double>{rewritten::f(x.data(), w.data(), n)});
  })");
}

TEST(Runs, IsSilentAboutWhatIsNone) {
  // A recurrence, a stride, a value that the loop stores elsewhere, and max(v, m), which takes NaN over.
  EXPECT_FALSE(recognised(kRuns, R"(void f(const float* x, float* y, int n) {
  float s = 0; for (int i = 0; i < n; ++i) s = s * 0.5f + x[i]; y[0] = s; })"));
  EXPECT_FALSE(recognised(kRuns, R"(void f(const float* x, float* y, int n) {
  float s = 0; for (int i = 0; i < n; ++i) s += x[3 * i]; y[0] = s; })"));
  EXPECT_FALSE(recognised(kRuns, R"(void f(const float* x, float* y, int n) {
  float s = 0; for (int i = 0; i < n; ++i) { y[i] = s + x[i]; s += x[i]; } y[0] = s; })"));
  EXPECT_FALSE(recognised(kRuns, R"(#include <algorithm>
void f(const float* x, float* y, int n) {
  float m = 0; for (int i = 0; i < n; ++i) m = std::max(x[i], m); y[0] = m; })"));
  EXPECT_FALSE(recognised(kRuns, R"(void f(const float* x, float* y, int n) {
  float m = 0; for (int i = 0; i < n; ++i) if (x[i] > m) { m = x[i]; y[i] = m; } })"));
}

}  // namespace
}  // namespace ke
