// SPDX-License-Identifier: MIT
// Softmax in its usual spellings, and exponentials with their total alone.
#include "tests/unit/templates/recognise.h"

namespace ke {
namespace {

const char* const kSoftmax = "softmax";

// Rows of every length around the vectors of every machine, and in place.
const std::string kSoftmaxRows = R"(
  for (long rows : {0, 1, 5}) for (long cols : {1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 48, 50, 63, 64, 65, 67, 97, 130, 515})
    for (int special : {0, 1, 2, 3}) {
      auto x = values(rows * cols, special), y = values(rows * cols), z = y;
      for (float& v : x) v *= 20;
      original::f(x.data(), y.data(), rows, cols);
      rewritten::f(x.data(), z.data(), rows, cols);
      compare("rows", rows * 1000 + cols, y, z);
      auto u = x, v = x;
      original::f(u.data(), u.data(), rows, cols);
      rewritten::f(v.data(), v.data(), rows, cols);
      compare("in place", rows * 1000 + cols, u, v);
)";
// Shifted into each other, too.
const std::string kSoftmaxDriver = kSoftmaxRows + R"(
      for (long shift : {1, 3}) {
        u = v = values(rows * cols + 3);
        original::f(u.data() + shift, u.data(), rows, cols);
        rewritten::f(v.data() + shift, v.data(), rows, cols);
        compare("before", rows * 1000 + cols, u, v);
        original::f(u.data(), u.data() + shift, rows, cols);
        rewritten::f(v.data(), v.data() + shift, rows, cols);
        compare("behind", rows * 1000 + cols, u, v);
      }
    }
)";

std::string made(const std::string& source) { return made_by(kSoftmax, source); }

TEST(Softmax, DividedByTheTotalInTheLoopOverRows) {
  const std::string source = R"(#include <algorithm>
#include <cmath>
void f(const float* x, float* y, long rows, long cols) {
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
})";
  EXPECT_NE(made(source).find("ke_f_softmax_largest"), std::string::npos);
  expect_same_on_every_machine(kSoftmax, source, kSoftmaxDriver);
}

TEST(Softmax, RowPointersTemperatureAndInverse) {
  const std::string source = R"(#include <math.h>
void f(const float* in, float* out, int n, int d) {
  const float scale = 0.125f;
  for (int r = 0; r < n; r++) {
    const float* row = in + r * d;
    float* to = out + r * d;
    float m = -INFINITY, total;
    for (int c = 0; c < d; c++) if (row[c] > m) m = row[c];
    total = 0.0f;
    for (int c = 0; c < d; c++) {
      const float e = expf((row[c] - m) * scale);
      to[c] = e;
      total += e;
    }
    const float inverse = 1.0f / total;
    for (int k = 0; k < d; k++) to[k] = to[k] * inverse;
  }
})";
  EXPECT_NE(made(source).find("ke_f_softmax_largest"), std::string::npos);
  expect_same_on_every_machine(kSoftmax, source, kSoftmaxDriver);
}

TEST(Softmax, OneRowInDoubleWithARangeOfItsOwn) {
  const std::string source = R"(#include <cmath>
double f(double* x, int from, int to) {
  double m = x[from];
  for (int i = from + 1; i < to; ++i) m = x[i] > m ? x[i] : m;
  double s = 1e-9;
  for (int i = from; i < to; ++i) { x[i] = exp(x[i] - m); s += x[i]; }
  for (int i = from; i < to; ++i) x[i] /= s;
  return s;
})";
  EXPECT_NE(made(source).find("ke_f_softmax_largest"), std::string::npos);
  expect_same_on_every_machine(kSoftmax, source, R"(
  for (int n : sizes) for (int special : {0, 1, 2}) {
    auto a = values(n + 5, special);
    std::vector<double> x(a.begin(), a.end()), y = x;
    for (size_t i = 0; i < x.size(); ++i) y[i] = x[i] = x[i] * 50;
    x.push_back(original::f(x.data(), 2, n + 2));
    y.push_back(rewritten::f(y.data(), 2, n + 2));
    compare("range", n, x, y);
  })");
}

TEST(Softmax, ExponentialsAndTheirTotalAlone) {
  expect_same_on_every_machine(kSoftmax, R"(#include <algorithm>
#include <cmath>
void f(const float* x, float* y, long rows, long cols) {
  for (long i = 0; i < rows; ++i) {
    float m = x[i * cols], s = 0;
    for (long j = 1; j < cols; ++j) m = std::max(m, x[i * cols + j]);
    for (long j = 0; j < cols; ++j) s += std::exp(x[i * cols + j] - m);
    y[i * cols] = m + std::log(s);
  }
})",
                               kSoftmaxDriver);
  expect_same_on_every_machine(kSoftmax, R"(#include <cmath>
void f(const float* x, float* y, long rows, long cols) {
  for (long i = 0; i < rows; ++i) {
    float s = 0.5f;
    for (long j = 0; j < cols; ++j) { y[i * cols + j] = std::exp(0.25f * x[i * cols + j] - 1); s += y[i * cols + j]; }
    y[i * cols] = s;
  }
})",
                               kSoftmaxDriver);
}

// Against libm, over the whole range: subnormal results, overflow, and what is no number.
TEST(Softmax, ExponentialsToFewUlp) {
  for (const std::string type : {"float", "double"}) {
    const std::string source =
        "#include <cmath>\n" + type + " f(const " + type + "* x, " + type + "* y, long n) {\n  " + type +
        " s = 0;\n  for (long i = 0; i < n; ++i) { y[i] = std::exp(x[i]); s += y[i]; }\n  return s;\n}";
    const std::string driver = "typedef " + type + R"( T;
  std::vector<T> x, a, b;
  for (double at = -120; at < 95; at += 0.00371) x.push_back(T(at * (sizeof(T) == 8 ? 7.6 : 1)));
  for (double at : {0.0, -0.0, INFINITY * 1.0, -INFINITY * 1.0, NAN * 1.0, -NAN * 1.0, 1e30, -1e30}) x.push_back(T(at));
  a = b = x;
  original::f(x.data(), a.data(), x.size());
  rewritten::f(x.data(), b.data(), x.size());
  for (size_t i = 0; i < x.size(); ++i) {
    const bool same = (std::isnan(a[i]) && std::isnan(b[i])) || a[i] == b[i];
    const double ulp = std::max(std::numeric_limits<T>::epsilon() * double(a[i]), double(std::numeric_limits<T>::denorm_min()));
    if (!same && !(std::fabs(double(a[i]) - double(b[i])) <= 4 * ulp)) { std::printf("exp(%g) is %g\n", double(x[i]), double(b[i])); break; }
  })";
    expect_same_on_every_machine(kSoftmax, source, driver);
    for (const char* flags :
         {"-O3", "-O3 -fno-math-errno -fno-trapping-math -fassociative-math -fno-signed-zeros"}) {
      const Trial trial{source, made(source), driver, false, flags};
      EXPECT_EQ(differences(trial), "") << flags;
    }
  }
}

TEST(Softmax, IsSilentAboutWhatIsNone) {
  // Exponentials of another row than is stored in, of a recurrence, and a total that is none.
  EXPECT_FALSE(recognised(kSoftmax, R"(#include <cmath>
void f(float* x, int n) { float s = 0; for (int i = 0; i < n; ++i) { x[i + 1] = std::exp(x[i]); s += x[i + 1]; } x[0] = s; })"));
  EXPECT_FALSE(recognised(kSoftmax, R"(#include <cmath>
void f(float* x, int n) { float s = 0; for (int i = 0; i < n; ++i) { x[i] = std::exp(x[i] - s); s += x[i]; } x[0] = s; })"));
  EXPECT_FALSE(recognised(kSoftmax, R"(#include <cmath>
void f(float* x, int n) { float s = 0; for (int i = 0; i < n; ++i) { x[i] = std::exp(x[i]); s += 2 * x[i]; } x[0] = s; })"));
  EXPECT_FALSE(recognised(kSoftmax, R"(#include <cmath>
void f(const float* x, float* y, int n) { float s = 0; for (int i = 0; i < n; ++i) { y[i] = std::exp(x[2 * i]); s += y[i]; } y[0] = s; })"));
  // A total of another type.
  EXPECT_FALSE(recognised(kSoftmax, R"(#include <cmath>
void f(const float* x, float* y, int n) { double s = 0; for (int i = 0; i < n; ++i) { y[i] = std::exp(x[i]); s += y[i]; } y[0] = s; })"));
}

// The three loops are one only where nothing between and behind them looks at what they leave behind.
TEST(Softmax, LeavesLoopsApartWhereOthersLook) {
  std::vector<Sample> samples;
  const auto whole = [&](const std::string& between, const std::string& divided, const std::string& behind) {
    const std::string source = R"(#include <algorithm>
#include <cmath>
void f(const float* x, float* y, long rows, long cols) {
  for (long i = 0; i < rows; ++i) {
    float m = x[i * cols], other = 2;
    for (long j = 1; j < cols; ++j) m = std::max(m, x[i * cols + j]);
    float s = 0;
    )" + between + R"(
    for (long j = 0; j < cols; ++j) { y[i * cols + j] = std::exp(x[i * cols + j] - m); s += y[i * cols + j]; }
    for (long j = 0; j < cols; ++j) y[i * cols + j] /= )" +
                               divided + ";\n    " + behind + "\n  }\n}";
    samples.push_back({source, kSoftmaxRows + "}", {}, Machines::this_one});
    return made(source).find("ke_f_softmax_largest") != std::string::npos;
  };
  EXPECT_TRUE(whole("", "s", ""));
  EXPECT_TRUE(whole("other += 1;", "s", "y[i * cols] += other;"));
  EXPECT_FALSE(whole("m += 1;", "s", ""));
  EXPECT_FALSE(whole("other = m;", "s", "y[i * cols] += other;"));
  EXPECT_FALSE(whole("y[i * cols] = 7;", "s", ""));
  EXPECT_FALSE(whole("", "other", ""));
  EXPECT_FALSE(whole("", "s", "y[i * cols] += m;"));
  expect_same_on_every_machine(kSoftmax, samples);
}

}  // namespace
}  // namespace ke
