// SPDX-License-Identifier: MIT
// Logarithms and error functions as arithmetic in the place of calls.
#include "ke-build/base/text.h"
#include "tests/unit/rewrites/trial.h"

#include <gtest/gtest.h>

namespace ke {
namespace {

const std::string kFunctions = R"(
#include <cmath>
void f(const float* x, const double* d, float* y, double* z, long n) {
  for (long i = 0; i < n; ++i) {
    y[3 * i] = std::log(x[i]);
    y[3 * i + 1] = std::erf(x[i]);
    y[3 * i + 2] = std::erfc(x[i]);
    z[2 * i] = std::log(d[i]);
    z[2 * i + 1] = std::erfc(d[i]);
  }
})";

// In units of the last place of the result against long double, over all magnitudes and around 1, where log
// is small. LOG is the limit of log for double.
const std::string kDistances = R"(
  std::vector<float> x{NAN, INFINITY, -INFINITY, 0.0f, -0.0f, 1.0f, -1.0f, 1e-45f, 1.1754942e-38f, 1.17549435e-38f,
                       3.4028235e38f, -1e-45f, 9.19f, 9.2f, 10.0f, 10.05f, 10.1f, 10.11f, 3.92f, 3.93f, 3.94f};
  for (float v = 1e-45f; v < 1e38f; v = v * 1.003f + 1e-45f) { x.push_back(v); x.push_back(-v); }
  for (int i = -4000; i < 4000; ++i) { x.push_back(1 + i * 0x1p-24f); x.push_back(1 + i * 0x1p-13f); x.push_back(i * 0.003f); }
  std::vector<double> d(x.begin(), x.end());
  for (size_t i = 0; i < d.size(); i += 3) d[i] *= 1.00000001;
  for (double v = 5e-324; v < 1e308; v = v * 1.1 + 5e-324) x.push_back(1), d.push_back(v);
  const long n = long(x.size());
  std::vector<float> y(3 * n);
  std::vector<double> z(2 * n);
  rewritten::f(x.data(), d.data(), y.data(), z.data(), n);
  auto far = [](long double got, long double want, int digits, int lowest, double limit) {
    if (std::isnan(want)) return !std::isnan(got);
    if (std::isinf(want) || want == 0) return got != want;
    int exponent;
    std::frexp(want, &exponent);
    return !(std::fabs(got - want) <= limit * std::ldexp(1.0L, std::max(exponent, lowest) - digits));
  };
  int printed = 0;
  for (long i = 0; i < n && printed < 5; ++i) {
    const long double e = x[i], w = d[i];
    if (far(y[3 * i], std::log(e), 24, -125, LOGF)) std::printf("logf(%a) is %a\n", x[i], y[3 * i]), ++printed;
    if (far(y[3 * i + 1], std::erf(e), 24, -125, 0.6)) std::printf("erff(%a) is %a\n", x[i], y[3 * i + 1]), ++printed;
    if (far(y[3 * i + 2], std::erfc(e), 24, -125, 0.7)) std::printf("erfcf(%a) is %a\n", x[i], y[3 * i + 2]), ++printed;
    if (far(z[2 * i], std::log(w), 53, -1021, LOGD)) std::printf("log(%a) is %a\n", d[i], z[2 * i]), ++printed;
    if (far(z[2 * i + 1], std::erfc(w), 53, -1021, 5)) std::printf("erfc(%a) is %a\n", d[i], z[2 * i + 1]), ++printed;
  })";

std::string distances(const std::string& single, const std::string& wide) {
  return replace_all(replace_all(kDistances, "LOGF", single), "LOGD", wide);
}

TEST(MathTexts, LogarithmsAndErrorFunctionsAreCloseEverywhere) {
  const std::string made = rewritten_by("vector_math", kFunctions, 0);
  EXPECT_NE(made.find("ke_erfc(x[i])"), std::string::npos) << made;
  EXPECT_EQ(differences({kFunctions, made, distances("1.2", "0.9"), true, ""}), "");
  EXPECT_EQ(differences({kFunctions, made, distances("1", "0.9"), false,
                         "-O3 -mavx2 -mfma -fno-math-errno -fno-trapping-math"}),
            "");
  EXPECT_EQ(differences({kFunctions, made, distances("2", "2.5"), false,
                         "-O3 -mavx2 -fno-math-errno -fno-trapping-math -fassociative-math -fno-signed-zeros "
                         "-freciprocal-math"}),
            "");
}

// Only float has a text of erfc: the library's vectors serve double.
TEST(MathTexts, LeavesErrorFunctionsOfDoubleToTheLibrary) {
  const std::string made = rewritten_by("vector_math", kFunctions, 0);
  EXPECT_NE(made.find("double erfc(double)"), std::string::npos) << made;
  EXPECT_EQ(made.find("double erf(double)") == std::string::npos, false) << made;
  EXPECT_EQ(made.find("double log(double)"), std::string::npos) << made;
  RewriteRules c;
  c.cpp = false;
  const std::string plain =
      rewritten_by("vector_math",
                   "#include <math.h>\nvoid f(double* x, float* y) { x[0] = erfc(x[0]) + log(x[1]); "
                   "y[0] = erfcf(y[0]) + logf(y[1]); }",
                   0, c);
  EXPECT_NE(plain.find("= erfc(x[0]) + ke_log(x[1]);"), std::string::npos) << plain;
  EXPECT_NE(plain.find("= ke_erfcf(y[0]) + ke_logf(y[1]);"), std::string::npos) << plain;
}

// A C source without <math.h> may have a log of its own, and so may a class.
TEST(MathTexts, LeavesOtherFunctionsOfThatNameAlone) {
  RewriteRules c;
  c.cpp = false;
  const auto changed = [](const char* source, const RewriteRules& rules) {
    const auto unit = read_unit(source, "f", rules.headers);
    const auto made = find_rewrite("vector_math")->apply(*unit, rules, 0);
    return !made.empty() && made[0].source.find("ke_log") != std::string::npos;
  };
  EXPECT_FALSE(changed("double log(double);\nvoid f(double* x) { x[0] = log(x[0]); }", c));
  EXPECT_FALSE(
      changed("#include <math.h>\nstruct L { double (*log)(double); };\n"
              "void f(double* x, struct L l) { x[0] = l.log(x[0]); }",
              c));
  EXPECT_FALSE(changed("namespace own { double log(double); }\nvoid f(double* x) { x[0] = own::log(x[0]); }",
                       RewriteRules{}));
  EXPECT_FALSE(changed("static float logf(float v) { return v; }\nvoid f(float* x) { x[0] = logf(x[0]); }",
                       RewriteRules{}));
}

}  // namespace
}  // namespace ke
