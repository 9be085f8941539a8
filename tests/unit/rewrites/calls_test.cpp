// SPDX-License-Identifier: MIT
#include "ke-build/base/files.h"
#include "ke-build/base/process.h"
#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/recipes.h"
#include "tests/unit/rewrites/trial.h"

#include <gtest/gtest.h>

namespace ke {
namespace {

constexpr const char* kNearest = R"(
static float squared_distance(const float* a, const float* b, int dims) {
  float sum = 0.0f;
  for (int d = 0; d < dims; ++d) sum += (a[d] - b[d]) * (a[d] - b[d]);
  return sum;
}
void f(const float* points, const float* centroids, int* assignment, float* distance, int n, int k, int dims) {
  for (int i = 0; i < n; ++i) {
    assignment[i] = 0;
    distance[i] = squared_distance(points + i * dims, centroids, dims);
    for (int j = 1; j < k; ++j) {
      const float candidate = squared_distance(points + i * dims, centroids + j * dims, dims);
      if (candidate < distance[i]) {
        distance[i] = candidate;
        assignment[i] = j;
      }
    }
  }
})";

constexpr const char* kNearestDriver = R"(
  for (int n : {0, 1, 5, 33}) for (int k : {1, 2, 5, 9}) for (int dims : {0, 1, 3, 8, 17}) for (int special : {0, 1}) {
    std::vector<float> p = values(n * dims, special), c = values(k * dims), a(n), b(n);
    std::vector<int> s(n), t(n);
    original::f(p.data(), c.data(), s.data(), a.data(), n, k, dims); rewritten::f(p.data(), c.data(), t.data(), b.data(), n, k, dims);
    compare("distance", n, a, b); compare("assignment", n, s, t);
  })";

TEST(InlineHelpers, PutsLoopsOfAHelperInPlace) {
  EXPECT_EQ(differences({kNearest, rewritten_by("inline_helpers", kNearest, 0), kNearestDriver}), "");
}

TEST(InlineHelpers, KeepsTheConversionToWhatAHelperReturns) {
  const std::string source = R"(
static int half(const float* x, long n) { float s = 0; for (long i = 0; i < n; ++i) s += x[i]; return s * 0.5f; }
static float rounded(const float* x, long n) { double s = 0; for (long i = 0; i < n; ++i) s += x[i]; return s * 0.1; }
void f(const float* x, double* y, long rows, long n) {
  for (long r = 0; r < rows; ++r) {
    y[2 * r] = half(x + r * n, n);
    y[2 * r + 1] = rounded(x + r * n, n);
  }
})";
  const std::string made = rewritten_by("inline_helpers", source, 0);
  EXPECT_EQ(made.find("= half("), std::string::npos) << made;
  EXPECT_EQ(differences({source, made, R"(
  for (long rows : {1, 3}) for (long n : {1, 5, 16}) {
    const auto x = values(rows * n);
    std::vector<double> y(2 * rows), z = y;
    original::f(x.data(), y.data(), rows, n);
    rewritten::f(x.data(), z.data(), rows, n);
    for (long i = 0; i < 2 * rows; ++i) if (y[i] != z[i]) std::printf("[%ld] is %.17g, expected %.17g\n", i, z[i], y[i]);
  })"}),
            "");
}

TEST(InlineHelpers, TakesHelpersWithoutAValueAndCallsInsideOfExpressions) {
  const std::string source = R"(
static float total(const float* x, int n) { float s = 0; for (int i = 0; i < n; ++i) s += x[i]; return s; }
static void scale(float* x, int n, float by) { for (int i = 0; i < n; ++i) x[i] *= by; }
static float clear(float* x, int n) { float s = 0; for (int i = 0; i < n; ++i) { s += x[i]; x[i] = 0; } return s; }
void f(float* x, float* y, int rows, int cols) {
  for (int r = 0; r < rows; ++r) {
    y[r] = 2 * total(x + r * cols, cols) + 1;
    scale(x + r * cols, cols, 0.5f);
    y[r] += x[r * cols] * clear(x + r * cols, 1);
  }
})";
  const std::string made = rewritten_by("inline_helpers", source, 0);
  EXPECT_EQ(made.find("= 2 * total("), std::string::npos);
  EXPECT_EQ(made.find("    scale(x"), std::string::npos);
  // It writes what the other operand reads: nobody says which comes first.
  EXPECT_NE(made.find("* clear("), std::string::npos);
  EXPECT_EQ(differences({source, made, R"(
  for (int n : {0, 1, 5}) for (int m : {1, 2, 33}) {
    std::vector<float> x = values(n * m), y = values(n), a = x, b = y;
    original::f(x.data(), y.data(), n, m); rewritten::f(a.data(), b.data(), n, m);
    compare("x", n, x, a); compare("y", n, y, b);
  })"}),
            "");
}

TEST(InlineHelpers, TurnsEarlyReturnsOfHelpersWithoutAValueIntoBranches) {
  const std::string source = R"(
static void put(float* to, int i, int n, float v) {
  if (i < 0 || i >= n) return;
  if (v > 0.5f) { to[i] = 0.5f; return; }
  to[i] += v;
}
static void row(const float* x, float* to, int n, float least) {
  if (n < 2) return;
  for (int i = 0; i < n; ++i) if (x[i] > least) to[i] -= x[i];
}
void f(float* x, float* y, int rows, int cols) {
  for (int r = 0; r < rows; ++r) {
    for (int i = 0; i < cols; ++i) put(y, i + r - 2, rows, x[r * cols + i]);
    row(x + r * cols, x, cols, 0.25f);
  }
})";
  const std::string made = rewritten_by("inline_helpers", source, 0);
  EXPECT_EQ(made.find(" put(y"), std::string::npos) << made;
  EXPECT_EQ(made.find(" row(x +"), std::string::npos) << made;
  EXPECT_EQ(differences({source, made, R"(
  for (int n : {0, 1, 2, 5, 9}) for (int m : {1, 2, 33}) {
    std::vector<float> x = values(n * m), y = values(n), a = x, b = y;
    original::f(x.data(), y.data(), n, m); rewritten::f(a.data(), b.data(), n, m);
    compare("x", n, x, a); compare("y", n, y, b);
  })"}),
            "");
  const auto count = [](const std::string& helper) {
    return results_of("inline_helpers",
                      helper + "\nvoid f(float* x, int n) { for (int i = 0; i < n; ++i) g(x, i); }");
  };
  EXPECT_EQ(count("static void g(float* x, int i) { if (i < 2) return; x[i] = 1; }"), 1u);
  EXPECT_EQ(count("static void g(float* x, int i) { for (;;) if (x[i++] > 1) return; }"), 0u);
  EXPECT_EQ(count("static void g(float* x, int i) { if (i < 2) return; g(x, i / 2); x[i] = 1; }"), 0u);
  EXPECT_EQ(count("static int g(float* x, int i) { if (i < 2) return 1; x[i] = 1; return 0; }"), 0u);
}

TEST(Recipes, KeepTheResultWhateverTheyCompose) {
  // Every recipe on a kernel with helpers, reductions, an index and stores: one program with all of them.
  std::set<std::string> sources;
  for (const CodeRecipe& recipe : code_recipes()) {
    Cooked cooked = Kitchen(kNearest, "f", {}).cook(recipe);
    if (!cooked.applied.empty()) sources.insert(cooked.source);
  }
  ASSERT_GE(sources.size(), 6u);
  size_t tried = 0;
  for (const std::string& source : sources) {
    if (++tried % 3 != 1) continue;                            // a third of them keeps the suite short
    Trial trial{kNearest, source, kNearestDriver, false, ""};  // ifunc resolvers run before ASan is ready
    EXPECT_EQ(differences(trial), "");
  }
}

TEST(Dispatch, MarksPlainFunctionsOnly) {
  EXPECT_EQ(results_of("dispatch", "namespace a { void f(float* x) { x[0] = 1; } }"), 1u);
  EXPECT_EQ(results_of("dispatch", "template <class T> void f(T* x) { x[0] = 1; }"), 0u);
  EXPECT_EQ(results_of("dispatch", "inline void f(float* x) { x[0] = 1; }"), 0u);
  EXPECT_EQ(results_of("dispatch", "struct A { void f(float* x) { x[0] = 1; } };"), 0u);
  EXPECT_EQ(results_of("dispatch", "struct A { void f(float* x); };\nvoid A::f(float* x) { x[0] = 1; }"), 0u);
  std::string once = rewritten_by("dispatch", "#include <cmath>\nvoid f(float* x) { x[0] = 1; }\n", 0);
  EXPECT_EQ(results_of("dispatch", once), 0u) << once;
  RewriteRules native;
  native.portable = false;
  EXPECT_EQ(results_of("dispatch", "void f(float* x) { x[0] = 1; }", 0, native), 0u);
}

// A helper that stays a call would stay at the baseline's instruction set.
TEST(Dispatch, TakesLoopsOfHelpersAlong) {
  const std::string helper = R"(template <int N> void row(float* x) { for (int i = 0; i < N; ++i) x[i] *= 2; }
)";
  const std::string calls = "void f(float* x, long n) { for (long i = 0; i < n; ++i) row<8>(x + 8 * i); }";
  EXPECT_NE(rewritten_by("dispatch", helper + calls, 2).find("flatten"), std::string::npos);
  EXPECT_EQ(rewritten_by(
                "dispatch",
                "static float twice(float x) { return 2 * x; }\nvoid f(float* x) { x[0] = twice(x[0]); }", 2)
                .find("flatten"),
            std::string::npos)
      << "no loop to take along";
}

TEST(VectorMath, KeepsResultsAndSpecialValues) {
  const char* source = R"(
#include <cmath>
void f(const float* x, float* y, long n) {
  for (long i = 0; i < n; ++i) y[i] = std::exp(x[i]) + std::tanh(x[i] * 0.5f) + std::log(std::fabs(x[i]) + 1);
})";
  const char* driver = R"(
  for (long n : sizes) for (int special : {0, 1, 2}) {
    std::vector<float> x = values(n, special), y(n), z(n);
    original::f(x.data(), y.data(), n); rewritten::f(x.data(), z.data(), n);
    compare("math", n, y, z);
  })";
  std::string made = rewritten_by("dispatch", rewritten_by("vector_math", source, 0), 0);
  EXPECT_EQ(differences({source, made, driver, false, "-O3 -fno-math-errno -fno-trapping-math"}), "");
  EXPECT_EQ(results_of("vector_math", "void f(float* x) { x[0] = sqrt(x[0]); }"), 0u);
}

// In units of the last place of the result, over all magnitudes; the flags let the compiler reorder sums.
// What 1 + tanh(-x) leaves is all error where tanh is near 1.
TEST(VectorMath, ArithmeticInPlaceOfCallsIsCloseEverywhere) {
  const char* source = R"(
#include <cmath>
void f(const float* x, const double* d, float* y, double* z, long n) {
  for (long i = 0; i < n; ++i) {
    y[2 * i] = std::exp(x[i]);
    y[2 * i + 1] = std::tanh(x[i]);
    z[2 * i] = std::exp(d[i]);
    z[2 * i + 1] = std::tanh(d[i]);
  }
})";
  const char* driver = R"(
  std::vector<float> x{NAN, INFINITY, -INFINITY, 0.0f, -0.0f, 88.72283f, 88.7229f, -87.4f, -103.97f, -104.1f, 1e30f, -1e30f};
  for (float v = 1e-30f; v < 1e4f; v *= 1.003f) { x.push_back(v); x.push_back(-v); }
  std::vector<double> d(x.begin(), x.end());
  for (size_t i = 0; i < d.size(); i += 3) d[i] *= 8.0000001;
  const long n = long(x.size());
  std::vector<float> y(2 * n);
  std::vector<double> z(2 * n);
  rewritten::f(x.data(), d.data(), y.data(), z.data(), n);
  auto wrong = [](long double got, long double want, int digits, int lowest, double limit) {
    if (std::isnan(want)) return !std::isnan(got);
    const long double most = std::ldexp(1.0L, digits == 24 ? 128 : 1024);
    if (std::fabs(want) >= most || std::isinf(got)) return !(std::fabs(want) >= most * 0.999999L && std::isinf(got));
    int exponent;
    std::frexp(want, &exponent);
    return std::fabs(got - want) > limit * std::ldexp(1.0L, std::max(exponent, lowest) - digits);
  };
  int printed = 0;
  for (long i = 0; i < n && printed < 5; ++i) {
    const long double e = x[i], w = d[i];
    if (wrong(y[2 * i], std::exp(e), 24, -125, 1.25)) std::printf("expf(%a) is %a\n", x[i], y[2 * i]), ++printed;
    if (wrong(y[2 * i + 1], std::tanh(e), 24, -125, std::fabs(e) > 3 ? 0.6 : 2.5)) std::printf("tanhf(%a) is %a\n", x[i], y[2 * i + 1]), ++printed;
    if (wrong(z[2 * i], std::exp(w), 53, -1021, 1.25)) std::printf("exp(%a) is %a\n", d[i], z[2 * i]), ++printed;
    if (wrong(z[2 * i + 1], std::tanh(w), 53, -1021, std::fabs(w) > 3 ? 0.6 : 2.5)) std::printf("tanh(%a) is %a\n", d[i], z[2 * i + 1]), ++printed;
  })";
  const std::string made = rewritten_by("vector_math", source, 0);
  for (const char* flags : {"-O1",
                            "-O3 -mavx2 -mfma -fno-math-errno -fno-trapping-math -fassociative-math "
                            "-fno-signed-zeros -freciprocal-math"})
    EXPECT_EQ(differences({source, made, driver, false, flags}), "") << flags;
}

// A limit on a value must not become a path of its own where zeros have no sign: such loops would stay
// scalar.
TEST(VectorMath, LoopsOverLanesBecomeVectorsUnderEveryFlagSet) {
  auto folder = TempDir::make("lanes");
  ASSERT_TRUE(folder);
  const std::string path = join(folder->path(), "lanes.cpp");
  for (const std::string type : {"float", "double"})
    for (const std::string function : {"exp", "tanh", "log", "erf", "erfc"}) {
      std::string source = R"(#include <cmath>
void f(const T* x, T* __restrict y, T m, long n) {
  T s[16] = {};
  for (long j = 0; j + 16 <= n; j += 16)
    for (long lane = 0; lane < 16; ++lane) {
      y[j + lane] = std::function(x[j + lane] - m);
      s[lane] += y[j + lane];
    }
  for (int l = 0; l < 16; ++l) y[l * l] = s[l];
})";
      source = replace_all(replace_all(source, "std::function", "std::" + function), "T ", type + " ");
      source = replace_all(source, "T*", type + "*");
      ASSERT_TRUE(write_file(path, rewritten_by("vector_math", source, 0)));
      for (const char* flags :
           {"", " -fno-signed-zeros", " -fassociative-math -fno-signed-zeros -freciprocal-math"}) {
        Command compile;
        compile.argv =
            split_command("g++ -O3 -mavx2 -mfma -fno-math-errno -fno-trapping-math" + std::string(flags));
        compile.argv.insert(compile.argv.end(), {"-fopt-info-vec-optimized", "-c", path, "-o", path + ".o"});
        const auto compiled = run(compile);
        ASSERT_TRUE(compiled);
        EXPECT_NE(compiled->err.find("loop vectorized"), std::string::npos)
            << type << " " << function << flags;
      }
    }
}

TEST(VectorMath, FindsCallsInHelpersOfHeadersAndLeavesOthersAlone) {
  RewriteRules rules;
  rules.headers = R"(
inline float gate(float v) { const float u = 0.5f * v; return v * (1.0f + std::tanh(u)); }
inline float scaled(float v) { return kScale * std::exp(v); }
struct Table { float exp(float) const; };)";
  const char* source = R"(
#include <cmath>
void f(const float* x, float* y, long n) {
  for (long i = 0; i < n; ++i) y[i] = gate(x[i]) + std::exp(x[i]); // std::exp(x)
})";
  const char* driver = R"(
  for (long n : sizes) for (int special : {0, 1, 2}) {
    std::vector<float> x = values(n, special), y(n), z(n);
    original::f(x.data(), y.data(), n); rewritten::f(x.data(), z.data(), n);
    compare("math", n, y, z);
  })";
  const std::string
      helper = "inline float gate(float v) { const float u = 0.5f * v; return v * (1.0f + std::tanh(u)); }\n",
      made = rewritten_by("vector_math", source, 0, rules);
  EXPECT_EQ(differences({helper + source, helper + made, driver, false, "-O3"}), "");
  EXPECT_NE(made.find("ke_gate(x[i])"), std::string::npos) << made;
  EXPECT_NE(made.find("// std::exp(x)"), std::string::npos) << made;
  // Names of its own, methods, and a bare name in C++ that may be of either type.
  const std::string other =
      rewritten_by("vector_math",
                   "#include <cmath>\nvoid f(const float* x, float* y, Table t, long n) {\n"
                   "  for (long i = 0; i < n; ++i) y[i] = scaled(x[i]) + t.exp(x[i]) + exp(x[i]);\n}",
                   0, rules);
  EXPECT_EQ(other.find("ke_exp"), std::string::npos) << other;
  EXPECT_NE(other.find("(libmvec)"), std::string::npos) << other;
  // C has no overloads: the bare name is double.
  RewriteRules c;
  c.cpp = false;
  const std::string plain = rewritten_by(
      "vector_math", "#include <math.h>\nvoid f(double* x) { x[0] = exp(x[0]) + sin(x[0]); }", 0, c);
  EXPECT_NE(plain.find("x[0] = ke_exp(x[0]) + sin(x[0])"), std::string::npos) << plain;
  EXPECT_NE(plain.find("double sin(double)"), std::string::npos) << plain;
  EXPECT_EQ(results_of("vector_math", "void f(double (*exp)(double), double* x) { x[0] = exp(x[0]); }", 0, c),
            1u);
  EXPECT_EQ(
      rewritten_by("vector_math", "void f(double (*exp)(double), double* x) { x[0] = exp(x[0]); }", 0, c)
          .find("ke_exp"),
      std::string::npos);
}

TEST(SpecializeTemplate, ForwardsToAPlainFunctionThatCanBeDispatched) {
  const char* source = R"(
template <typename T>
void f(const T* x, T* y, long n) {
  T sum = 0;
  for (long i = 0; i < n; ++i) sum += x[i] * x[i];
  for (long i = 0; i < n; ++i) y[i] = x[i] / sum;
}
template void f<float>(const float*, float*, long);
)";
  const char* driver = R"(
  for (long n : sizes) {
    std::vector<float> x = values(n), y(n), z(n);
    original::f(x.data(), y.data(), n); rewritten::f(x.data(), z.data(), n);
    compare("normalised", n, y, z);
    std::vector<double> u(n, 2.0), v(n), w(n);
    original::f(u.data(), v.data(), n); rewritten::f(u.data(), w.data(), n);
    compare("other types", n, v, w);
  })";
  std::string plain = rewritten_by("specialize_template", source, 0);
  std::string made = rewritten_by("dispatch", rewritten_by("multi_accumulator", plain, 8), 0);
  // The preamble's own includes cannot stand inside a namespace; the trial has them already.
  EXPECT_EQ(differences({source, made, driver, false, ""}), "");
}

}  // namespace
}  // namespace ke
