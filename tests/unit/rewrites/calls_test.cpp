// SPDX-License-Identifier: MIT
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
