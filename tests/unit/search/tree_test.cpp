// SPDX-License-Identifier: MIT
// What the tree keeps up to date is what a walk over all nodes would find.
#include "bench.h"
#include "ke-build/search/experience.h"
#include "ke-build/search/recent.h"

#include <gtest/gtest.h>

#include <cmath>

namespace ke {
namespace {

Evaluation some_evaluation(Random& random) {
  Evaluation evaluation;
  evaluation.outcome = random.below(4) == 0 ? Outcome::wrong : Outcome::faster;
  evaluation.speedup = evaluation.outcome == Outcome::wrong ? 0 : 0.5 + 4 * random.uniform();
  return evaluation;
}

Tree random_tree(uint64_t seed, int64_t size) {
  Random random(seed);
  Tree tree;
  Node root;
  root.candidate.source = "root";
  root.evaluation.outcome = Outcome::equal;
  root.evaluation.speedup = 1;
  tree.add(root);
  while (static_cast<int64_t>(tree.nodes().size()) < size) {
    Node node;
    node.parent = 1 + static_cast<int64_t>(random.below(tree.nodes().size()));
    node.candidate = tree.at(node.parent).candidate;
    node.candidate.source = "text " + std::to_string(random.below(9));
    node.candidate.tunables["T"] = std::to_string(tree.nodes().size());
    node.candidate.moves.push_back({"mark", "m" + std::to_string(random.below(5)), "here"});
    node.evaluation = some_evaluation(random);
    tree.add(std::move(node));
    if (random.below(10) == 0) {  // a decision or a confirmation
      const auto id = 1 + static_cast<int64_t>(random.below(tree.nodes().size()));
      if (id != 1) tree.set_evaluation(id, some_evaluation(random));
    }
  }
  return tree;
}

TEST(SearchTreeSums, AreThoseOfAWalkOverTheNodes) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    const Tree tree = random_tree(seed, 60);
    int64_t incumbent = 1;
    for (const Node& node : tree.nodes()) {
      if (merit(node.evaluation) > std::max(1.0, merit(tree.at(incumbent).evaluation))) incumbent = node.id;
      double best = 0;
      for (const Node& other : tree.nodes()) {
        const auto lineage = tree.lineage(other.id);
        if (std::find(lineage.begin(), lineage.end(), node.id) != lineage.end())
          best = std::max(best, reward(other.evaluation));
      }
      EXPECT_EQ(tree.best_reward(node.id), best) << node.id;
      std::map<std::string, int64_t> best_children;
      for (const int64_t child : tree.children(node.id)) {
        if (merit(tree.at(child).evaluation) <= 0) continue;
        const auto [place, fresh] = best_children.try_emplace(tree.kind(child), child);
        if (!fresh && merit(tree.at(child).evaluation) > merit(tree.at(place->second).evaluation))
          place->second = child;
      }
      EXPECT_EQ(tree.best_children(node.id), best_children) << node.id;
      const auto lineage = tree.lineage(node.id);
      EXPECT_EQ(tree.founder(node.id), lineage[lineage.size() < 2 ? 0 : lineage.size() - 2]);
      std::vector<int64_t> same;
      for (const Node& other : tree.nodes())
        if (other.candidate.source == node.candidate.source) same.push_back(other.id);
      EXPECT_EQ(tree.same_source(node.id), same);
    }
    EXPECT_EQ(tree.incumbent(), incumbent);
    EXPECT_EQ(tree.by_merit().size(), tree.nodes().size());
    double last = 1e9;
    for (const auto& [less, id] : tree.by_merit()) {
      EXPECT_EQ(-less, merit(tree.at(id).evaluation));
      EXPECT_LE(-less, last);
      last = -less;
    }
  }
}

TEST(SearchTreeSums, AreTheSameToTheLastBitInATreeThatWasLoaded) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    const Tree grown = random_tree(seed, 60), loaded(grown.nodes());
    EXPECT_EQ(grown.by_merit(), loaded.by_merit());
    EXPECT_EQ(grown.incumbent(), loaded.incumbent());
    EXPECT_EQ(grown.last_progress(), loaded.last_progress());
    for (const Node& node : grown.nodes()) {
      EXPECT_EQ(grown.best_children_digest(node.id), loaded.best_children_digest(node.id));
      for (int i = 0; i < 5; ++i) {
        const Option option{"x", {"mark", "m" + std::to_string(i), "here"}, 1.3};
        for (const Memory memory :
             {Memory::inherit_parent, Memory::compare_siblings, Memory::combine_both, Memory::clean_slate}) {
          EXPECT_EQ(Experience(grown, node.id, memory).expected_log_gain(option),
                    Experience(loaded, node.id, memory).expected_log_gain(option));
        }
      }
    }
  }
}

TEST(SearchTreeSums, HoldWhatEachMemoryOperatorShows) {
  const Tree tree = random_tree(3, 80);
  for (const Node& node : tree.nodes()) {
    for (const Memory memory :
         {Memory::inherit_parent, Memory::compare_siblings, Memory::combine_both, Memory::clean_slate}) {
      std::map<std::string, KindRecord> expected;
      for (const int64_t id : visible_nodes(tree, node.id, memory)) {
        if (id == 1) continue;
        KindRecord& record = expected[tree.kind(id)];
        const double now = merit(tree.at(id).evaluation),
                     before = merit(tree.at(tree.at(id).parent).evaluation);
        ++record.tried;
        if (now <= 0) continue;
        ++record.correct;
        record.log_gain += std::clamp(std::log(now / std::max(before, 0.05)), -0.7, 7.0);
      }
      const Experience experience(tree, node.id, memory);
      const KindRecords& seen = experience.seen();
      ASSERT_EQ(seen.size(), expected.size()) << node.id << " " << name_of(memory);
      for (const auto& [kind, record] : expected) {
        EXPECT_EQ(seen.at(kind).tried, record.tried);
        EXPECT_EQ(seen.at(kind).correct, record.correct);
        EXPECT_NEAR(seen.at(kind).log_gain, record.log_gain, 1e-9);
      }
    }
  }
}

// Which value of a tunable is best differs between workloads, so the best one over all does not stand for the
// others.
TEST(SearchTreeSums, ShowTheBestOfEveryKindAndEveryValueOfATunable) {
  Tree tree = random_tree(1, 1);
  const auto add = [&](const std::string& synthesizer, const std::string& detail, double speedup) {
    Node node;
    node.parent = 1;
    node.candidate.source = "text";
    node.candidate.tunables["T"] = std::to_string(tree.nodes().size());
    node.candidate.moves = {{synthesizer, "T", detail}};
    node.evaluation.outcome = speedup > 0 ? Outcome::faster : Outcome::wrong;
    node.evaluation.speedup = speedup;
    return tree.add(std::move(node));
  };
  const int64_t four = add("tunables", "T=4", 2), eight = add("tunables", "T=8", 3);
  add("rewrite", "tile=4", 2);
  const int64_t better = add("rewrite", "tile=8", 3);
  add("tunables", "T=16", 0);
  std::set<int64_t> shown;
  for (const auto& [slot, id] : tree.best_children(1)) shown.insert(id);
  EXPECT_EQ(shown, (std::set<int64_t>{four, eight, better}));
}

TEST(SearchRecent, ForgetsTheOldestAndNeverTheNewest) {
  Recent<int, std::string> recent(10);
  recent.put(1, "one", 4);
  recent.put(2, "two", 4);
  recent.put(3, "three", 4);
  EXPECT_EQ(recent.find(1), nullptr);
  ASSERT_NE(recent.find(2), nullptr);
  EXPECT_EQ(recent.put(3, "again", 4), "three") << "what is known stays";
  EXPECT_EQ(recent.put(4, "huge", 1000), "huge");
  EXPECT_EQ(recent.find(2), nullptr);
  EXPECT_EQ(recent.find(3), nullptr);
  recent.clear();
  EXPECT_EQ(recent.find(4), nullptr);
}

}  // namespace
}  // namespace ke
