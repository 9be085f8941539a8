// SPDX-License-Identifier: MIT
#include "ke-build/search/rewrites/class_plan.h"

#include <gtest/gtest.h>

#include <cmath>

namespace ke {
namespace {

constexpr const char* kSource = R"(#include <cstddef>

// ke: tunable TILE in {4, 16, 64}
#ifndef TILE
#define TILE 4
#endif

namespace ops {

int helper(int x) { return x + 1; }

void fill(const float* x, float* y, std::size_t rows, std::size_t cols) {
  for (std::size_t i = 0; i < rows * cols; i += TILE)
    for (std::size_t j = i; j < i + TILE && j < rows * cols; ++j) y[j] = x[j];
}

}  // namespace ops
)";

std::string with(std::string text, const std::string& from, const std::string& to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

Operator fill_operator() {
  Operator op;
  op.name = op.kernel.entry = "fill";
  op.kernel.call = "ops::fill(x, y, n, m)";
  op.axis_names = {"n", "m"};
  op.kernel.tunables = {{"TILE", {"4", "16", "64"}, "4", "k.cpp:3"}};
  op.workloads = {{"small", {{"n", 8}, {"m", 100}}, {}, 1}, {"large", {{"n", 4096}, {"m", 100}}, {}, 1}};
  return op;
}

Node peer(const Operator& op, const std::string& tile, const std::vector<double>& ratios,
          double noise = 1.01) {
  Node node;
  node.candidate.source = kSource;
  if (tile != "4") node.candidate.tunables["TILE"] = tile;
  node.evaluation.outcome = Outcome::faster;
  double log_sum = 0;
  for (size_t w = 0; w < ratios.size(); ++w) {
    Speedup speedup;
    speedup.workload = op.workloads[w].name;
    speedup.ratio = ratios[w];
    speedup.low = ratios[w] / noise;
    speedup.high = ratios[w] * noise;
    node.evaluation.speedups.push_back(speedup);
    log_sum += std::log(ratios[w]);
  }
  node.evaluation.speedup = std::exp(log_sum / static_cast<double>(ratios.size()));
  return node;
}

std::optional<PlannedClasses> planned(const Operator& op, const std::vector<Node>& nodes,
                                      const std::string& source = kSource) {
  std::vector<const Node*> peers;
  for (const Node& node : nodes) peers.push_back(&node);
  const auto unit = read_unit(source, "fill");
  EXPECT_TRUE(unit);
  return plan_classes(op, *unit, peers);
}

TEST(PerClass, MakesATemplateThatTheOldNameDispatchesTo) {
  const auto unit = read_unit(kSource, "fill");
  ASSERT_TRUE(unit);
  const auto made = per_class(*unit, {{"rows"}, {64}, {{{"TILE", "4"}}, {{"TILE", "64"}}}});
  ASSERT_TRUE(made);
  EXPECT_NE(
      made->source.find(
          "// Each workload was measured with each value: TILE is 4 up to 64, 64 beyond (rows).\n"
          "#undef TILE\ntemplate <int TILE>\n__attribute__((noinline)) static void fill_at(const float* x,"),
      std::string::npos)
      << made->source;
  EXPECT_NE(made->source.find("{\n  if (rows <= 64) return fill_at<4>(x, y, rows, cols);\n"
                              "  return fill_at<64>(x, y, rows, cols);\n}"),
            std::string::npos)
      << made->source;
  EXPECT_FALSE(reads_tunable(made->source, kSource, "TILE")) << "its values are settled";
}

TEST(PerClass, InstancesAreInlinedIntoEveryDispatchVariant) {
  const std::string cloned = with(with(kSource, "void fill(", "KE_CLONES\nvoid fill("), "namespace ops {",
                                  "#define KE_CLONES\nnamespace ops {");
  const auto unit = read_unit(cloned, "fill");
  ASSERT_TRUE(unit);
  const auto made = per_class(*unit, {{"rows", "cols"}, {64}, {{{"TILE", "4"}}, {{"TILE", "64"}}}});
  ASSERT_TRUE(made);
  EXPECT_NE(
      made->source.find("template <int TILE>\n__attribute__((always_inline)) inline static void fill_at("),
      std::string::npos)
      << made->source;
  EXPECT_NE(made->source.find("KE_CLONES\nvoid fill(const float* x"), std::string::npos) << made->source;
  EXPECT_NE(made->source.find("if ((long long)(rows) * (long long)(cols) <= 64)"), std::string::npos);
}

TEST(PerClass, MacrosThatOthersReadStayMacros) {
  const ClassPlan plan{{"rows"}, {64}, {{{"TILE", "4"}}, {{"TILE", "64"}}}};
  const std::string cases[] = {
      with(kSource, "return x + 1", "return x + TILE"),
      with(kSource, "namespace ops {\n", "namespace ops {\nconstexpr int kTile = TILE;\n"),
      with(kSource, "  for (std::size_t i = 0", "#if TILE > 8\n#endif\n  for (std::size_t i = 0"),
      with(kSource, "namespace ops {\n", "#define TWICE (2 * TILE)\nnamespace ops {\n"),
      with(kSource, "void fill(", "template <class T>\nvoid fill("),
      with(kSource, "void fill(const float* x, float* y, std::size_t rows, std::size_t cols)",
           "void fill(const float* x, float* y, std::size_t rows, std::size_t cols, int)"),
      with(kSource, "int helper(int x)", "int fill_at(int x)"),
  };
  for (const std::string& source : cases) {
    const auto unit = read_unit(source, "fill");
    if (unit) {
      EXPECT_FALSE(per_class(*unit, plan)) << source;
    }
  }
}

TEST(ClassPlans, DivideWhereTheMeasurementsSaySo) {
  const Operator op = fill_operator();
  const auto plan = planned(op, {peer(op, "4", {1, 1}), peer(op, "16", {2, 1.2}), peer(op, "64", {0.8, 3})});
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->plan.axes, std::vector<std::string>{"rows"}) << "the axis n arrives as rows";
  EXPECT_EQ(plan->plan.limits, std::vector<int64_t>{128});
  EXPECT_EQ(plan->plan.values[0].at("TILE"), "16");
  EXPECT_EQ(plan->plan.values[1].at("TILE"), "64");
  EXPECT_NEAR(plan->speedup, std::sqrt(2 * 3), 1e-9);
  EXPECT_TRUE(plan->kept.empty());
}

TEST(ClassPlans, NeedMoreThanNoise) {
  const Operator op = fill_operator();
  EXPECT_FALSE(planned(op, {peer(op, "16", {2, 2}), peer(op, "64", {2.02, 1.99})}))
      << "hardly any difference";
  EXPECT_FALSE(planned(op, {peer(op, "16", {2, 1.2}, 1.9), peer(op, "64", {1.2, 2}, 1.9)}))
      << "wide intervals";
  EXPECT_FALSE(planned(op, {peer(op, "16", {3, 3}), peer(op, "64", {1.2, 2})}))
      << "one is the best everywhere";
  EXPECT_FALSE(planned(op, {peer(op, "16", {2, 1.2})}));
}

TEST(ClassPlans, ShapesThatNoSizeTellsApartStayTogether) {
  Operator op = fill_operator();
  op.workloads[1].axes = op.workloads[0].axes;
  EXPECT_FALSE(planned(op, {peer(op, "16", {2, 1.2}), peer(op, "64", {1.2, 3})}));
  op = fill_operator();
  op.kernel.call = "ops::fill(x, y, 2 * n, m)";
  EXPECT_FALSE(planned(op, {peer(op, "16", {2, 1.2}), peer(op, "64", {1.2, 3})}))
      << "n arrives in no parameter";
}

TEST(ClassPlans, ThreeClassesPayForThemselves) {
  Operator op = fill_operator();
  op.workloads = {{"a", {{"n", 8}, {"m", 4}}, {}, 1},
                  {"b", {{"n", 100}, {"m", 4}}, {}, 1},
                  {"c", {{"n", 5000}, {"m", 4}}, {}, 1}};
  const auto three =
      planned(op, {peer(op, "4", {3, 1, 1}), peer(op, "16", {1, 3, 1}), peer(op, "64", {1, 1, 3})});
  ASSERT_TRUE(three);
  EXPECT_EQ(three->plan.limits, (std::vector<int64_t>{16, 512}));
  const auto two =
      planned(op, {peer(op, "4", {3, 2.99, 1}), peer(op, "16", {1, 3, 1}), peer(op, "64", {1, 1, 3})});
  ASSERT_TRUE(two);
  EXPECT_EQ(two->plan.limits.size(), 1u) << "a third class would gain a third of a percent";
}

TEST(ClassPlans, WhatIsNotTheKernelsOwnStaysOnTheCommandLine) {
  Operator op = fill_operator();
  op.kernel.tunables.push_back({"KIND", {"fast", "exact"}, "exact", "s"});
  std::vector<Node> peers = {peer(op, "16", {2, 1.2}), peer(op, "64", {1.2, 3})};
  for (Node& node : peers) node.candidate.tunables["KIND"] = "fast";
  const auto plan = planned(op, peers);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->kept, (TunableValues{{"KIND", "fast"}}));
  peers[1].candidate.tunables.erase("KIND");
  EXPECT_FALSE(planned(op, peers)) << "words are no template parameters";
}

}  // namespace
}  // namespace ke
