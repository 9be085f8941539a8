// SPDX-License-Identifier: MIT
// The first few of many: insertion in the place of the library's heap.
#include "ke-build/search/rewrites/recipes.h"
#include "tests/unit/rewrites/trial.h"

#include <gtest/gtest.h>

namespace ke {
namespace {

std::string by_keys(const std::string& comparison) {
  return "#include <algorithm>\n#include <vector>\n"
         "void f(const float* x, int* y, long n, long k) {\n"
         "  std::vector<int> order(static_cast<std::size_t>(n));\n"
         "  for (long i = 0; i < n; ++i) order[i] = int(i);\n"
         "  std::partial_sort(order.begin(), order.begin() + k, order.end(), " +
         comparison + ");\n  for (long i = 0; i < k; ++i) y[i] = order[i];\n}";
}

// Keys that are equal, infinite, zeros of both signs.
const std::string kKeys = R"(
  for (long n : sizes) for (long k : {0l, 1l, 2l, 3l, 8l, 31l, 32l, 33l, 64l, n}) {
    if (k > n) continue;
    for (int kind : {0, 1, 2, 3}) {
      auto x = values(n, kind == 1 ? 2 : 0);
      if (kind == 2) for (float& v : x) v = (int)(v * 3) * 0.5f;
      if (kind == 3) for (long i = 0; i < n; ++i) x[i] = float(n - i);
      std::vector<int> y(n + 1, -1), z(y);
      original::f(x.data(), y.data(), n, k);
      rewritten::f(x.data(), z.data(), n, k);
      compare("order", n * 100 + k, y, z);
    }
  })";

TEST(FewOfMany, InTheOrderOfKeysAndPlaces) {
  for (const std::string comparison :
       {"[&](int a, int b) { return x[a] != x[b] ? x[a] > x[b] : a < b; }",
        "[x](const int& a, const int& b) { return x[a] == x[b] ? a > b : x[a] < x[b]; }",
        "[&](int a, int b) { if (x[a] != x[b]) return x[a] > x[b]; return a < b; }",
        "[=](auto a, auto b) { return x[a] < x[b] || (x[a] == x[b] && b < a); }", "std::greater<>()"}) {
    const std::string source = by_keys(comparison), made = rewritten_by("few_of_many", source, 0);
    EXPECT_EQ(differences({source, made, kKeys}), "") << made;
  }
}

TEST(FewOfMany, OfPairsAndNumbers) {
  const std::string source = R"(#include <algorithm>
#include <vector>
void f(const float* x, int* y, long n, long k) {
  std::vector<std::pair<float, int>> near(n);
  std::vector<float> all(x, x + n);
  for (long i = 0; i < n; ++i) near[i] = {x[i] * x[i], int(i)};
  std::partial_sort(near.begin(), near.begin() + k, near.end());
  std::partial_sort(all.begin(), all.begin() + k, all.end(), std::less<float>());
  for (long i = 0; i < k; ++i) y[i] = near[i].second + int(100 * all[i]);
})";
  const CodeRecipe recipe{"few", {{"few_of_many", 0}}, {}};
  const Cooked cooked = Kitchen(source, "f", {}).cook(recipe);
  EXPECT_EQ(cooked.applied.size(), 2u) << cooked.source;
  std::string keys = kKeys;  // no infinities as integers
  keys.replace(keys.find("{0, 1, 2, 3}"), 12, "{0, 2, 3}");
  EXPECT_EQ(differences({source, cooked.source, keys}), "") << cooked.source;
}

// Which of two equal elements the library puts first is nobody's to say.
TEST(FewOfMany, LeaveAloneWhatMayBeEqualAndDifferent) {
  const auto count = [](const std::string& comparison) {
    return results_of("few_of_many", by_keys(comparison));
  };
  EXPECT_EQ(count("[&](int a, int b) { return a < b; }"), 1u);
  EXPECT_EQ(count("[&](int a, int b) { return x[a] > x[b]; }"), 0u);
  EXPECT_EQ(count("[&](int a, int b) { return x[a] != x[b] ? x[a] > x[b] : x[a] < b; }"), 0u);
  EXPECT_EQ(count("[&](int a, int b) { return x[a] != x[b] ? x[a] > x[a] : a < b; }"), 0u);
  EXPECT_EQ(count("[&](int a, int b) { return x[a] != x[b] ? y[a] > y[b] : a < b; }"), 0u);
  EXPECT_EQ(count("[&](int a, int b) { return x[a] >= x[b] ? a < b : false; }"), 0u);
  EXPECT_EQ(count("[&](int a, int b) { return x[a] > x[b] || a < b; }"), 0u);
  EXPECT_EQ(count("[&](int a, int b) { ++y[0]; return a < b; }"), 0u);
  EXPECT_EQ(count("[&](char a, char b) { return a < b; }"), 0u) << "not the elements";
  EXPECT_EQ(count("std::less<>()"), 1u);
  EXPECT_EQ(count("std::less<short>()"), 0u) << "different elements are equal there";
  EXPECT_EQ(count("before"), 0u);
  RewriteRules c;
  c.cpp = false;
  EXPECT_EQ(results_of("few_of_many", by_keys("[&](int a, int b) { return a < b; }"), 0, c), 0u);
  const std::string objects =
      "#include <algorithm>\n#include <vector>\nstruct S { int key, what; bool operator<(S o) const { return "
      "key "
      "< o.key; } };\nvoid f(int* y, long k) {\n  std::vector<S> all(9);\n"
      "  std::partial_sort(all.begin(), all.begin() + k, all.end());\n  y[0] = all[0].what;\n}";
  EXPECT_EQ(results_of("few_of_many", objects), 0u);
}

}  // namespace
}  // namespace ke
