// SPDX-License-Identifier: MIT
// Flat loops, neighbouring loops, sizes that are often the same.
#include "ke-build/search/rewrites/recipes.h"
#include "ke-build/search/rewrites/workload_sizes.h"
#include "tests/unit/rewrites/trial.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace ke {
namespace {

const char* const kNestDriver = R"(
  for (int rows : {0, 1, 2, 5, 9}) for (int cols : {1, 2, 3, 5, 16, 64, 70}) {
    const int n = rows * cols;
    auto x = values(n + cols + 3), w = values(cols + rows + 3), y = values(n + cols + 3), z = y;
    original::f(x.data(), w.data(), y.data(), rows, cols);
    rewritten::f(x.data(), w.data(), z.data(), rows, cols);
    compare("nest", rows * 1000 + cols, y, z);
    auto u = x, v = x;
    original::f(u.data(), w.data(), u.data() + 1, rows, cols);
    rewritten::f(v.data(), w.data(), v.data() + 1, rows, cols);
    compare("shifted", rows * 1000 + cols, u, v);
  })";

void expect_nest(const char* rewrite, const std::string& body, int value = 0, RewriteRules rules = {}) {
  const std::string source =
      "void f(const float* x, const float* w, float* y, int rows, int cols) {\n" + body + "\n}";
  std::string driver = kNestDriver;
  if (rules.noalias) driver = driver.substr(0, driver.find("auto u")) + "}";
  EXPECT_EQ(differences({source, rewritten_by(rewrite, source, value, rules), driver}), "");
}

TEST(Unflatten, WholeRowsAndRowsThatEndEarly) {
  expect_nest("unflatten", "for (int i = 0; i < rows * cols; ++i) y[i] = x[i] + w[i % cols] * (i / cols);");
  expect_nest("unflatten", R"(  const int n = cols * rows;
  for (int i = 0; i < n; i++) {
    const int r = i / cols, c = i % cols;
    if (c == r) continue;
    y[i] = x[r * cols + c] * w[c];
  })");
  expect_nest("unflatten", "for (int i = 0; i < rows * cols + 2; ++i) y[i] += w[i / cols] - w[i % cols];");
}

TEST(Unflatten, LeavesAloneWhatIsNoTable) {
  const auto count = [](const std::string& body) {
    return results_of("unflatten", "void f(const float* x, float* y, int n, int k) {\n" + body + "\n}");
  };
  EXPECT_EQ(count("for (int i = 0; i < n; ++i) y[i] = x[i % k];"), 0u);
  EXPECT_EQ(count("for (int i = 0; i < n; ++i) y[i / k] += x[i % 4];"), 0u);
  EXPECT_EQ(count("for (int i = 0; i < n; ++i) { y[i / k] += x[i % k]; if (y[0] > 9) break; }"), 0u);
  EXPECT_EQ(count("for (int i = 0; i < n; ++i) { y[i / k] += x[i % k]; k = 3; }"), 0u);
}

TEST(Fuse, LoopsThatMeetInTheSameIteration) {
  RewriteRules apart;
  apart.noalias = true;
  expect_nest("fuse", R"(  const int n = rows * cols;
  for (int i = 0; i < n; ++i) y[i] = x[i] * 2;
  for (int j = 0; j < n; ++j) { const float v = y[j]; y[j] = v > 0 ? v : w[0]; }
)",
              0, apart);
}

TEST(Fuse, LeavesAloneWhatWaits) {
  RewriteRules apart;
  apart.noalias = true;
  const auto count = [&](const std::string& body, RewriteRules rules) {
    return results_of("fuse", "void f(const float* x, float* y, float* z, int n) {\n" + body + "\n}", 0,
                      rules);
  };
  const std::string first = "for (int i = 0; i < n; ++i) y[i] = x[i];\n";
  EXPECT_EQ(count(first + "for (int i = 0; i < n; ++i) z[i] = y[i];", apart), 1u);
  EXPECT_EQ(count(first + "for (int i = 0; i < n; ++i) z[i] = y[i];", {}), 0u);
  EXPECT_EQ(count(first + "for (int i = 0; i < n; ++i) z[i] = y[i + 1];", apart), 0u);
  EXPECT_EQ(count(first + "for (int i = 0; i < n; ++i) z[i] = y[n - 1 - i];", apart), 0u);
  EXPECT_EQ(count(first + "for (int i = 0; i < n - 1; ++i) z[i] = y[i];", apart), 0u);
  EXPECT_EQ(count("float s = 0;\nfor (int i = 0; i < n; ++i) s += x[i];\nfor (int i = 0; i < n; ++i) z[i] = "
                  "x[i] / s;",
                  apart),
            0u);
}

RewriteRules called_with(std::vector<Sizes> sizes) {
  RewriteRules rules;
  rules.sizes = std::move(sizes);
  return rules;
}

TEST(SpecializeSize, TheUsualOnesAndAllOthers) {
  const std::string rows =
      "for (int r = 0; r < rows; ++r) for (int c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * "
      "w[c];";
  const RewriteRules usual =
      called_with({{{"cols", 3}, {"rows", 5}}, {{"cols", 16}, {"rows", 2}}, {{"cols", 3}}});
  expect_nest("specialize_size", rows, 16, usual);
  const std::string made = rewritten_by(
      "specialize_size",
      "void f(const float* x, const float* w, float* y, int rows, int cols) {\n" + rows + "\n}", 16, usual);
  EXPECT_NE(made.find("if (cols == 3) {\n    f_sized(x, w, y, rows, 3);"), std::string::npos) << made;
  EXPECT_EQ(made.find("cols == 3", made.find("cols == 16")), std::string::npos) << "each once\n" << made;
  EXPECT_EQ(made.find("rows =="), std::string::npos) << "the outer loop's\n" << made;
  // Through a local, and both at once.
  expect_nest("specialize_size", R"(  const int last = cols - 1;
  for (int i = 0; i < 2; ++i)
    for (int r = 0; r < rows; ++r)
      for (int c = 0; c <= last; ++c) y[r * cols + c] += x[r * cols + c] * w[c];)",
              16, called_with({{{"cols", 3}, {"rows", 5}}}));
}

TEST(SpecializeSize, OnlySmallSizesThatTheWorkloadsHave) {
  const auto count = [](const std::string& body, std::vector<Sizes> sizes, int most = 16) {
    return results_of("specialize_size", "void f(float* y, int n) {\n" + body + "\n}", most,
                      called_with(std::move(sizes)));
  };
  const std::string nest = "for (int i = 0; i < 9; ++i) for (int j = 0; j < n; ++j) y[j] += i;";
  EXPECT_EQ(count(nest, {{{"n", 3}}}), 1u);
  EXPECT_EQ(count(nest, {}), 0u);
  EXPECT_EQ(count(nest, {{{"n", 17}}}), 0u);
  EXPECT_EQ(count(nest, {{{"n", 17}}}, 256), 1u);
  EXPECT_EQ(count("for (int i = 0; i < n; ++i) y[i] = 0;", {{{"n", 3}}}), 0u);
  EXPECT_EQ(
      count("for (int i = 0; i < 9; ++i) { for (int j = 0; j < n; ++j) y[j] = 0; n = 3; }", {{{"n", 3}}}),
      0u);
}

Operator called_as(const std::string& call) {
  Operator op;
  op.kernel.entry = "f";
  op.kernel.call = call;
  op.constants = {{"taps", 5}};
  op.workloads = {{"a", {{"rows", 100}, {"cols", 3}}, {{"stride", 2}}},
                  {"b", {{"rows", 7}, {"cols", 4}}, {{"stride", 1}}}};
  return op;
}

TEST(WorkloadSizes, ByThePlaceInTheCallOrByName) {
  const auto unit =
      read_unit("void f(const float* x, int n, long width, int s, int k, float a) { (void)x; }", "f");
  ASSERT_TRUE(unit);
  const Function& entry = unit->functions.front();
  EXPECT_EQ(workload_sizes(called_as("space::f(x, rows, cols, stride, taps, a)"), entry),
            (std::vector<Sizes>{{{"n", 100}, {"width", 3}, {"s", 2}, {"k", 5}},
                                {{"n", 7}, {"width", 4}, {"s", 1}, {"k", 5}}}));
  EXPECT_EQ(workload_sizes(called_as("f(x, rows * cols, 8, stride, taps + 1, a)"), entry)[0],
            (Sizes{{"n", 300}, {"width", 8}, {"s", 2}, {"k", 6}}));
  // Through a function of another name only equal names are known.
  const auto named = read_unit("void f(const float* x, int rows, int columns) { (void)x; }", "f");
  ASSERT_TRUE(named);
  EXPECT_EQ(workload_sizes(called_as("run(rows, cols)"), named->functions.front())[1], (Sizes{{"rows", 7}}));
  EXPECT_EQ(parameter_of(called_as("f(x, rows, cols)"), named->functions.front(), "cols"), "columns");
}

TEST(Recipes, AreNamedForWhatTheyDid) {
  const std::string flat = "void f(float* y, int n) {\n  for (int i = 0; i < n; ++i) y[i] = y[i] * 2;\n}";
  for (const CodeRecipe& recipe : code_recipes()) {
    const Cooked cooked = Kitchen(flat, "f", {}).cook(recipe);
    const auto applied = [&](const RecipeStep& step) {
      return std::any_of(cooked.applied.begin(), cooked.applied.end(), [&](const std::string& text) {
        return text.compare(0, step.rewrite.size() + 1, step.rewrite + " ") == 0;
      });
    };
    const auto own = [](const RecipeStep& step) { return step.own; };
    if (cooked.applied.empty() || std::none_of(recipe.steps.begin(), recipe.steps.end(), own)) continue;
    EXPECT_TRUE(std::any_of(recipe.steps.begin(), recipe.steps.end(), [&](const RecipeStep& step) {
      return step.own && applied(step);
    })) << recipe.name;
  }
  const CodeRecipe tiles{"tiles", {{"tile", 16}, {"dispatch", 0, false, false}}, {}};
  EXPECT_TRUE(Kitchen(flat, "f", {}).cook(tiles).applied.empty());
  const CodeRecipe sets{"sets", {{"dispatch", 0, false, false}}, {}};
  EXPECT_EQ(Kitchen(flat, "f", {}).cook(sets).applied.size(), 1u);
}

TEST(IndependentIterations, GatheredElementsBehindATest) {
  expect_nest("independent_iterations",
              "for (int r = 0; r < rows; ++r) for (int c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + "
              "c] * w[c];");
  EXPECT_EQ(results_of("independent_iterations",
                       "void f(float* y, int n) { for (int i = 1; i < n; ++i) y[i] = y[i - 1]; }"),
            0u);
}

// Iterations side by side would all be left with the first of them.
TEST(Nests, LeaveAloneWhatEndsByItself) {
  const std::string source = R"(void f(const float* x, float* y, int rows, int cols) {
  for (int r = 0; r < rows; ++r)
    for (int c = 0; c < cols; ++c) {
      const float a = x[r * cols + c] + 2;
      float v = a;
      for (int step = 0; step < 40; ++step) {
        const float next = 0.5f * (v + a / v);
        if (next == v) break;
        v = next;
      }
      y[r * cols + c] = v;
    }
})";
  RewriteRules apart;
  apart.noalias = true;
  EXPECT_EQ(results_of("outer_vectorize", source, 16, apart), 0u);
  EXPECT_EQ(results_of("unroll_and_jam", source, 4, apart), 0u);
}

}  // namespace
}  // namespace ke
