// SPDX-License-Identifier: MIT
// Algorithms of the standard library as loops.
#include "tests/unit/rewrites/trial.h"

#include <gtest/gtest.h>

namespace ke {
namespace {

constexpr const char* kHeaders = "-include numeric -include functional -include array";

std::string looped(std::string source) {
  for (const char* move : {"algorithm_loops", "inline_lambdas"})
    for (int i = 0; i < 12 && results_of(move, source) > 0; ++i) source = rewritten_by(move, source, 0);
  return source;
}

const std::string kAlgorithmRuns = R"(
  for (int special : {0, 1, 2, 3})
    for (long n : sizes) {
      const auto x = values(2 * n + 8, special);
      std::vector<float> a(2 * n + 16), b(a);
      original::f(x.data(), a.data(), n);
      rewritten::f(x.data(), b.data(), n);
      compare("apart", n, a, b);
      for (long shift : {0, 1}) {
        std::vector<float> same(x), again(x);
        same.resize(4 * n + 32);
        again.resize(4 * n + 32);
        original::f(same.data(), same.data() + shift, n);
        rewritten::f(again.data(), again.data() + shift, n);
        compare("overlapping", n, same, again);
      }
    })";

void expect_same(const std::string& source) {
  const std::string made = looped(source);
  EXPECT_EQ(differences({source, made, kAlgorithmRuns, true, kHeaders}), "") << made;
}

TEST(AlgorithmLoops, KeepsTheTypesOfAccumulators) {
  const std::string source = R"(
void f(const float* x, float* y, long n) {
  y[0] = std::accumulate(x, x + n, 0.0f);
  y[1] = std::accumulate(x, x + n, 0.0) / 3;
  double whole = 0;
  std::vector<float> scaled(n);
  std::transform(x, x + n, scaled.begin(), [](float v) { return std::isfinite(v) ? v * 8 : 1.0f; });
  whole = std::accumulate(scaled.begin(), scaled.end(), 0);
  y[2] = whole + std::accumulate(scaled.begin(), scaled.end(), 1, [](int a, float b) { return a + b * 0.5f; });
  y[3] = std::inner_product(x, x + n, scaled.begin(), 0.0f);
  y[4] = std::inner_product(x, x + n, x + 1, 0.0f, std::plus<>(), [](float p, float q) { return (p - q) * (p - q); });
  y[5] = std::transform_reduce(x, x + n, 0.0f, std::plus<>{}, [](float v) { return v * v; });
  y[6] = std::reduce(x, x + n) + std::accumulate(x, x + n, 1.0f, std::multiplies<float>());
  y[7] = std::accumulate(x, x + n, x[0], [](float a, float b) { return std::max(a, b); });
})";
  const std::string made = looped(source);
  EXPECT_EQ(made.find("std::accumulate"), std::string::npos) << made;
  EXPECT_EQ(made.find("std::inner_product"), std::string::npos) << made;
  expect_same(source);
}

TEST(AlgorithmLoops, WritesInTheOrderOfTheAlgorithm) {
  const std::string source = R"(
struct Follower {
  float keep;
  float level = 0.0f;
  float operator()(float v) { level = v + keep * (level - v); return level; }
};
static float half(float v) { return v * 0.5f; }
void f(const float* x, float* y, long n) {
  Follower follower{0.25f};
  std::transform(x, x + n, y, std::ref(follower));
  std::transform(x, x + n, y + 1, y, std::plus<float>());
  std::transform(&x[1], &x[n + 1], y, Follower{0.5f});
  std::transform(y, y + n, y, half);
  float seen = 0;
  std::for_each(y, y + n, [&](float& v) { seen += v; v *= 2; });
  std::partial_sum(x, x + n, y);
  std::fill(y + n, y + (n + 3), y[0]);
  std::fill_n(y + n, 2, 1);
  y[n] = seen + follower.level;
})";
  const std::string made = looped(source);
  EXPECT_EQ(made.find("std::transform"), std::string::npos) << made;
  EXPECT_EQ(made.find("std::fill"), std::string::npos) << made;
  expect_same(source);
}

TEST(AlgorithmLoops, FindsTheFirstExtreme) {
  const std::string source = R"(
long where(const float* x, long n) { return std::min_element(x, x + n) - x; }
void f(const float* x, float* y, long n) {
  std::vector<float> copy(x, x + n + 1);
  const auto it = std::max_element(copy.begin(), copy.end());
  const float least = *std::min_element(copy.begin(), copy.end());
  y[0] = where(x, n);
  y[1] = *it + (it - copy.begin());
  y[2] = least + std::distance(x, std::max_element(x, x + n));
})";
  const std::string made = looped(source);
  EXPECT_EQ(made.find("_element"), std::string::npos) << made;
  expect_same(source);
}

size_t loops_in(const std::string& body) {
  return results_of(
      "algorithm_loops",
      "float next(float);\nstruct Sum { float s = 0; float operator()(float v) { s += v; return s; } };\n"
      "void f(const float* x, float* y, long n) {\n" +
          body + "\n}");
}

TEST(AlgorithmLoops, RefusesWhatMayDiffer) {
  EXPECT_EQ(loops_in("y[0] = std::accumulate(x, x + n, 0.0f);"), 1u);
  EXPECT_EQ(loops_in("y[0] = std::accumulate(x, x + n, unknown);"), 0u) << "of which type?";
  EXPECT_EQ(loops_in("std::list<float> l; y[0] = std::accumulate(l.begin(), l.end(), 0.0f);"), 0u);
  EXPECT_EQ(loops_in("std::vector<bool> v(n); y[0] = std::accumulate(v.begin(), v.end(), 0);"), 0u);
  EXPECT_EQ(loops_in("std::vector<float> v; std::transform(x, x + n, std::back_inserter(v), next);"), 0u);
  EXPECT_EQ(loops_in("std::copy(x, x + n, y);"), 0u) << "moved at once where they overlap";
  EXPECT_EQ(loops_in("std::vector<float> v(n); std::copy(x, x + n, v.begin());"), 1u);
  EXPECT_EQ(loops_in("std::transform(x, x + n, y, [&](float v) { ++x; return v; });"), 0u);
  EXPECT_EQ(loops_in("std::transform(x, x + n, y, [k = 0](float v) mutable { return v + k++; });"), 0u);
  EXPECT_EQ(loops_in("Sum s; std::transform(x, x + n, y, s);"), 0u) << "the copy changes, not s";
  EXPECT_EQ(loops_in("Sum s; std::transform(x, x + n, y, std::ref(s));"), 1u);
  EXPECT_EQ(loops_in("long* p = &n; Sum s; std::transform(x, x + n, y, std::ref(s)); *p = 1;"), 0u);
  EXPECT_EQ(loops_in("y[0] = n > 0 && std::accumulate(x, x + n, 0.0f) > 1;"), 0u) << "only where n > 0";
  EXPECT_EQ(loops_in("while (std::accumulate(x, x + n, 0.0f) > 1) --n;"), 0u);
  EXPECT_EQ(loops_in("y[0] = next(1) + std::accumulate(y, y + n, 0.0f);"), 0u) << "which is first?";
  EXPECT_EQ(loops_in("y[0] = std::accumulate(x, x + n, 0.0, std::plus<float>());"), 0u) << "rounds each step";
  EXPECT_EQ(loops_in("y[0] = std::reduce(x, x + n, 0.0f, [](float a, float b) { return a + b * b; });"), 0u);
  EXPECT_EQ(loops_in("float a = 1, b = std::accumulate(x, x + n, a); y[0] = b;"), 0u);
  EXPECT_EQ(loops_in("const float& m = *std::max_element(x, x + n); y[0] = m;"), 0u);
  EXPECT_EQ(loops_in("auto end = std::transform(x, x + n, y, next); *end = 1;"), 0u)
      << "its iterator is used";
}

}  // namespace
}  // namespace ke
