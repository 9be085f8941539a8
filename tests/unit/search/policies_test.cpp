// SPDX-License-Identifier: MIT
// What holds for every policy of the table: the same seed and the same answers give the same tree, node by
// node, also when the process is killed at any step.
#include "bench.h"
#include "ke-build/search/crossover.h"

#include <gtest/gtest.h>

#include <signal.h>
#include <sys/wait.h>

namespace ke {
namespace {

struct SearchPolicies : testing::TestWithParam<std::string> {};
struct SteeringPolicies : SearchPolicies {};

// Node by node, with the moves that led there.
std::string story(Store& store, const std::string& session) {
  const auto nodes = must(store.nodes(session));
  std::string text = shape(nodes);
  for (const Node& node : nodes) {
    for (const Move& move : node.candidate.moves)
      text += move.synthesizer + "/" + move.action + " " + move.detail + ";";
    text += "\n";
  }
  return text;
}

// More kinds than rugged() has, so that islands have something to exchange.
std::vector<Mark> wide() {
  std::vector<Mark> marks = rugged();
  for (int i = 0; i < 6; ++i)
    marks.push_back({"extra" + std::string(1, static_cast<char>('a' + i)), 1.02 + 0.1 * i, 1.1 + 0.05 * i});
  return marks;
}

TEST_P(SearchPolicies, GiveTheSameTreeForTheSameSeed) {
  std::vector<std::string> stories;
  for (const uint64_t seed : {7, 7, 8}) {
    Bench bench(wide());
    bench.options.policy = GetParam();
    bench.options.seed = seed;
    bench.options.budget.evaluations = 90;
    const auto result = must(bench.run());
    EXPECT_EQ(result.session.policy, GetParam());
    stories.push_back(story(*bench.store, result.session.id));
  }
  EXPECT_EQ(stories[0], stories[1]);
  EXPECT_NE(stories[0], stories[2]);
}

TEST_P(SearchPolicies, GoOnAsIfNothingHadHappenedAfterAKillAtAnyStep) {
  constexpr int64_t kBudget = 22;
  const auto prepared = [&](Bench& bench) {
    bench.options.policy = GetParam();
    bench.options.budget.evaluations = kBudget;
    bench.options.clean_slate = 0.35;
  };
  Bench undisturbed(wide());
  prepared(undisturbed);
  const auto expected = must(undisturbed.run());
  const std::string expected_story = story(*undisturbed.store, expected.session.id);
  for (int64_t fatal = 1; fatal <= expected.session.evaluations; ++fatal) {
    const TempDir folder = must(TempDir::make("ke-policies-test"));
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      Bench killed(wide(), folder.path() + "/store.db");
      prepared(killed);
      int64_t count = 0;
      killed.evaluator.on_evaluate = [&](const Subject&, Effort) -> Result<> {
        if (++count == fatal) kill(getpid(), SIGKILL);
        return ok();
      };
      (void)killed.run();
      _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status)) << "nothing was killed at step " << fatal;
    Bench resumed(wide(), folder.path() + "/store.db");
    prepared(resumed);
    const auto result = must(resumed.run());
    ASSERT_EQ(story(*resumed.store, result.session.id), expected_story) << "after a kill at step " << fatal;
    EXPECT_EQ(result.session.best, expected.session.best);
    EXPECT_EQ(result.session.evaluations, expected.session.evaluations);
  }
}

TEST_P(SteeringPolicies, FindTheBestOfARuggedSpace) {
  Bench bench(rugged());
  bench.options.policy = GetParam();
  bench.options.budget.evaluations = 60;
  EXPECT_GT(must(bench.run()).best.evaluation.speedup, 40);
}

TEST_P(SteeringPolicies, KeepTheShareThatStartsCleanAndRecordWhatEveryNodeSaw) {
  const auto counts = [&](double share) {
    Bench bench(wide());
    bench.options.policy = GetParam();
    bench.options.budget.evaluations = 150;
    bench.options.clean_slate = share;
    const auto result = must(bench.run());
    EXPECT_EQ(must(bench.store->session(result.session.id)).clean_slate, share);
    std::map<Memory, int> seen;
    for (const Node& node : must(bench.store->nodes(result.session.id))) ++seen[node.memory];
    return seen;
  };
  EXPECT_EQ(counts(0).count(Memory::clean_slate), 0u);
  const auto usual = counts(0.2), often = counts(0.6);
  EXPECT_EQ(usual.size(), 4u) << "all four operators are used";
  EXPECT_GT(often.at(Memory::clean_slate), 2 * usual.at(Memory::clean_slate));
}

TEST_P(SearchPolicies, AResumedSessionKeepsItsOwnShare) {
  const TempDir folder = must(TempDir::make("ke-policies-test"));
  std::string id;
  {
    Bench bench(wide(), folder.path() + "/store.db");
    bench.options.policy = GetParam();
    bench.options.clean_slate = 0.5;
    bench.evaluator.on_evaluate = [&](const Subject&, Effort) -> Result<> {
      return bench.evaluator.calls.size() >= 3 ? Result<>(Error{ErrorCode::io, "the machine goes down"})
                                               : ok();
    };
    EXPECT_FALSE(bench.run().has_value());
  }
  Bench bench(wide(), folder.path() + "/store.db");
  bench.options.policy = GetParam();
  bench.options.clean_slate = 0;
  EXPECT_EQ(must(bench.run()).session.clean_slate, 0.5);
}

std::vector<std::string> steering() {
  std::vector<std::string> names = policy_names();
  EXPECT_EQ(std::erase(names, "random"), 1u) << "the control: it finds by luck only, and has no memory";
  return names;
}

INSTANTIATE_TEST_SUITE_P(All, SearchPolicies, testing::ValuesIn(policy_names()),
                         [](const auto& info) { return info.param; });
INSTANTIATE_TEST_SUITE_P(All, SteeringPolicies, testing::ValuesIn(steering()),
                         [](const auto& info) { return info.param; });

// The islands of a session by the founder of each node, and the crossings between nodes of it.
struct Crossing {
  int64_t child = 0, one = 0, other = 0;
  std::string label;
};

std::vector<Crossing> crossings(const std::vector<Node>& nodes) {
  std::vector<Crossing> found;
  for (const Node& node : nodes) {
    if (node.candidate.moves.empty() || node.candidate.moves.back().synthesizer != "crossover") continue;
    const Move& move = node.candidate.moves.back();
    found.push_back({node.id, node.parent, std::stoll(move.detail.substr(5)), move.action});
  }
  return found;
}

TEST(SearchEvolution, CrossesWithinIslandsAndMigratesBetweenThem) {
  Bench bench(wide());
  bench.options.policy = "evolutionary";
  bench.options.budget.evaluations = 300;
  const auto result = must(bench.run());
  const Tree tree(must(bench.store->nodes(result.session.id)));
  const auto& founders = tree.children(1);
  const auto island = [&](int64_t id) {
    return (std::find(founders.begin(), founders.end(), tree.founder(id)) - founders.begin()) % 4;
  };
  int64_t at_home = 0, abroad = 0;
  for (const Crossing& crossing : crossings(tree.nodes())) {
    (crossing.label == "island" ? at_home : abroad) += 1;
    EXPECT_EQ(island(crossing.one) == island(crossing.other), crossing.label == "island") << crossing.child;
    EXPECT_EQ(tree.at(crossing.child).memory, Memory::combine_both);
    // The child holds what both parents held, or, where one half of it was drawn, something of both.
    const auto kinds = [&](int64_t id) {
      std::set<std::string> all;
      for (const Move& move : tree.at(id).candidate.moves)
        if (!is_marker(move)) all.insert(kind_of(move));
      return all;
    };
    const auto child = kinds(crossing.child), one = kinds(crossing.one);
    EXPECT_TRUE(std::includes(child.begin(), child.end(), one.begin(), one.end()));
    EXPECT_GT(child.size(), one.size());
  }
  EXPECT_GT(at_home, 3);
  EXPECT_GT(abroad, 1);
}

TEST(SearchEvolution, ACrossingDoesTheOtherParentsMovesAgainWhereTheyApply) {
  Bench bench(rugged());
  std::vector<std::unique_ptr<Synthesizer>> synthesizers;
  synthesizers.push_back(std::make_unique<Marks>("mark", bench.marks));
  const std::vector<Skill> skills;
  Catalogue catalogue(bench.op, bench.baseline.recipe, skills, 1, std::move(synthesizers));
  Tree tree;
  const auto add = [&](int64_t parent, const std::vector<std::string>& marks) {
    Node node;
    node.parent = parent;
    node.candidate = bench.baseline.candidate;
    if (parent != 0) node.candidate = tree.at(parent).candidate;
    for (const std::string& mark : marks) {
      node.candidate.source += "//" + mark + "\n";
      node.candidate.moves.push_back({"mark", mark, "here"});
    }
    node.evaluation = bench.evaluator.answer(node.candidate);
    return tree.add(node);
  };
  add(0, {});
  const int64_t one = add(1, {"accumulate"}), other = add(add(1, {"interchange"}), {"jam"});
  Random random(1);
  const auto child = crossed(catalogue, tree, one, other, false, "island", random);
  ASSERT_TRUE(child.has_value());
  EXPECT_EQ(candidate_hash(child->candidate), bench.hash_with({"accumulate", "interchange", "jam"}))
      << child->candidate.source;
  EXPECT_EQ(child->candidate.moves.back().detail, "node=4; mark/interchange; mark/jam");
  EXPECT_GT(child->prior, 1);
  EXPECT_FALSE(crossed(catalogue, tree, other, 3, false, "island", random).has_value())
      << "an ancestor has nothing to give";
}

}  // namespace
}  // namespace ke
