// SPDX-License-Identifier: MIT
#include "bench.h"
#include "ke-build/search/experience.h"

#include <gtest/gtest.h>

#include <cmath>

namespace ke {
namespace {

Node child_of(int64_t parent, const std::string& action, double speedup, Outcome outcome = Outcome::faster) {
  Node node;
  node.parent = parent;
  node.candidate.source = action + std::to_string(parent);
  node.candidate.moves = {{"mark", action, "here"}};
  node.evaluation.outcome = outcome;
  node.evaluation.speedup = speedup;
  return node;
}

Tree small_tree() {
  Tree tree;
  Node root;
  root.evaluation.outcome = Outcome::equal;
  root.evaluation.speedup = 1;
  tree.add(root);
  tree.add(child_of(1, "a", 4));
  tree.add(child_of(1, "b", 2));
  tree.add(child_of(2, "b", 8));
  tree.add(child_of(2, "c", 0, Outcome::wrong));
  return tree;
}

TEST(SearchTree, BacksRewardsUpToTheRoot) {
  const Tree tree = small_tree();
  EXPECT_EQ(tree.at(1).visits, 5);
  EXPECT_EQ(tree.at(2).visits, 3);
  EXPECT_EQ(tree.at(4).visits, 1);
  EXPECT_NEAR(tree.at(2).value, std::log(4) + std::log(8), 1e-9);
  EXPECT_NEAR(tree.at(1).value, std::log(4) + std::log(2) + std::log(8), 1e-9);
  EXPECT_EQ(tree.incumbent(), 4);
  EXPECT_NEAR(tree.best_reward(2), std::log(8), 1e-9);
  EXPECT_NEAR(tree.best_reward(3), std::log(2), 1e-9);
  EXPECT_EQ(tree.lineage(4), (std::vector<int64_t>{4, 2, 1}));
}

TEST(SearchTree, ASlowerOrWrongKernelEarnsNothing) {
  Evaluation evaluation;
  evaluation.speedup = 3;
  evaluation.outcome = Outcome::slower;  // on one of the workloads
  EXPECT_EQ(reward(evaluation), 0);
  evaluation.outcome = Outcome::wrong;
  EXPECT_EQ(merit(evaluation), 0);
  evaluation.outcome = Outcome::faster;
  evaluation.speedup = 1e12;
  EXPECT_NEAR(reward(evaluation), std::log(1000), 1e-9);
}

TEST(SearchExperience, MovesPriorsTowardsWhatWasMeasured) {
  const Tree tree = small_tree();
  const Option good{"x", {"mark", "b", ""}, 1.1}, bad{"y", {"mark", "c", ""}, 3},
      unknown{"z", {"mark", "z", ""}, 1.5};
  const Experience everything(tree, 3, Memory::combine_both), nothing(tree, 3, Memory::clean_slate);
  EXPECT_NEAR(nothing.expected_log_gain(good), std::log(1.1), 1e-9);
  const Experience at_root(tree, 1, Memory::combine_both);
  EXPECT_GT(at_root.expected_log_gain(good), std::log(1.3));
  EXPECT_LT(at_root.expected_log_gain(bad), std::log(3));
  EXPECT_NEAR(at_root.expected_log_gain(unknown), std::log(1.5), 1e-9);
  EXPECT_LT(everything.expected_log_gain(good), at_root.expected_log_gain(good))
      << "node 3 has that kind already";
}

TEST(SearchExperience, InheritSeesItsLineageOnly) {
  const Tree tree = small_tree();
  const Option option{"y", {"mark", "c", ""}, 3};
  EXPECT_LT(Experience(tree, 4, Memory::inherit_parent).expected_log_gain(option), std::log(3));
  EXPECT_NEAR(Experience(tree, 3, Memory::inherit_parent).expected_log_gain(option), std::log(3), 1e-9);
}

TEST(SearchPolicy, NamesAreRowsOfATable) {
  EXPECT_EQ(must(policy_named("greedy")).choose, &greedy);
  EXPECT_EQ(must(policy_named("uct")).choose, &uct);
  EXPECT_EQ(must(policy_named("evolutionary")).choose, &evolutionary);
  const auto unknown = policy_named("evolution");
  ASSERT_FALSE(unknown.has_value());
  EXPECT_NE(unknown.error().message.find("did you mean 'evolutionary'?"), std::string::npos)
      << unknown.error().message;
}

struct PolicyBench {
  explicit PolicyBench(std::vector<Mark> marks) : bench(marks) {
    std::vector<std::unique_ptr<Synthesizer>> synthesizers;
    synthesizers.push_back(std::make_unique<Marks>("mark", marks));
    catalogue =
        std::make_unique<Catalogue>(bench.op, bench.baseline.recipe, skills, 1, std::move(synthesizers));
    Node root;
    root.candidate = bench.baseline.candidate;
    root.evaluation.outcome = Outcome::equal;
    root.evaluation.speedup = 1;
    tree.add(root);
  }
  void grow(const Pick& pick, Memory memory) {
    auto suggestion = pick.made ? pick.made : catalogue->suggestion(tree, pick.node, memory, pick.option);
    ASSERT_TRUE(suggestion.has_value());
    Node node;
    node.parent = pick.node;
    node.candidate = suggestion->candidate;
    node.evaluation = bench.evaluator.answer(node.candidate);
    tree.add(node);
  }
  Bench bench;
  std::vector<Skill> skills;
  std::unique_ptr<Catalogue> catalogue;
  Tree tree;
};

TEST(SearchPolicy, TheDraftGivesEveryPromisingKindOneTurn) {
  PolicyBench bench({{"a", 1, 3}, {"b", 1, 2}, {"c", 1, 1.5}, {"never", 1, 0.9}});
  std::vector<std::string> order;
  for (;;) {
    View view{bench.tree, *bench.catalogue, Memory::inherit_parent, {}, {}};
    const auto pick = draft(view);
    if (!pick) break;
    order.push_back(pick->option.move.action);
    bench.grow(*pick, view.memory);
  }
  EXPECT_EQ(order, (std::vector<std::string>{"a", "b", "c"}));
}

TEST(SearchPolicy, EveryPolicyExhaustsTheSpaceAndThenSaysSo) {
  for (const Policy policy : {greedy, uct, evolutionary}) {
    PolicyBench bench({{"a", 2, 3}, {"b", 1.5, 2}, {"c", 0.5, 1.5}, {"d", 1.1, 1.1}});
    Random random(1);
    for (int i = 0; i < 100; ++i) {
      View view{bench.tree, *bench.catalogue, Memory::combine_both, {}, {}, &random, i};
      const auto pick = policy(view);
      if (!pick) break;
      bench.grow(*pick, view.memory);
    }
    EXPECT_EQ(bench.tree.nodes().size(), 16u) << "2^4 candidates";
  }
}

TEST(SearchPolicy, PendingCandidatesAreNotChosenAgain) {
  PolicyBench bench({{"a", 2, 3}, {"b", 1.5, 2}});
  for (const Policy policy : {greedy, uct, draft, evolutionary}) {
    Random random(1);
    View view{bench.tree, *bench.catalogue, Memory::combine_both, {}, {}, &random};
    const auto first = policy(view);
    ASSERT_TRUE(first.has_value());
    view.pending.insert(first->option.hash);
    const auto second = policy(view);
    ASSERT_TRUE(second.has_value());
    EXPECT_NE(first->option.hash, second->option.hash);
    view.pending.insert(second->option.hash);
    EXPECT_FALSE(policy(view).has_value());
  }
}

}  // namespace
}  // namespace ke
