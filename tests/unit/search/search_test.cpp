// SPDX-License-Identifier: MIT
#include "bench.h"

#include <gtest/gtest.h>

namespace ke {
namespace {

TEST(Search, FindsTheBestOfARuggedSpaceInThirtyEvaluations) {
  Bench bench(rugged());
  const auto result = must(bench.run());
  ASSERT_NE(result.session.best, 0);
  EXPECT_NEAR(result.best.evaluation.speedup, 4 * 3 * 1.3 * 1.5 * 1.05 * 2, 3) << "of 256 candidates";
  EXPECT_TRUE(result.best.evaluation.confirmed);
}

TEST(Search, GreedyFindsItToo) {
  Bench bench(rugged());
  bench.options.policy = "greedy";
  EXPECT_GT(must(bench.run()).best.evaluation.speedup, 40);
}

TEST(Search, IsTheSameForTheSameSeed) {
  std::vector<std::string> shapes;
  for (const uint64_t seed : {7, 7, 8}) {
    Bench bench(rugged());
    bench.options.seed = seed;
    const auto result = must(bench.run());
    shapes.push_back(shape(must(bench.store->nodes(result.session.id))));
  }
  EXPECT_EQ(shapes[0], shapes[1]);
  EXPECT_NE(shapes[0], shapes[2]);
}

TEST(Search, NeverEvaluatesACandidateTwiceWhileScreening) {
  Bench bench(rugged());
  bench.options.budget.evaluations = 200;
  must(bench.run());
  std::set<std::string> screened;
  for (const auto& [hash, effort] : bench.evaluator.calls) {
    if (effort == Effort::screen) {
      EXPECT_TRUE(screened.insert(hash).second);
    }
  }
}

TEST(Search, NothingGrowsFromAWrongKernel) {
  Bench bench(rugged());
  const auto result = must(bench.run());
  const auto nodes = must(bench.store->nodes(result.session.id));
  for (const Node& node : nodes) {
    if (node.parent > 1) {
      EXPECT_GT(nodes[static_cast<size_t>(node.parent - 1)].evaluation.speedup, 0);
    }
  }
  EXPECT_GT(result.session.outcomes.at("wrong"), 0);
}

TEST(Search, RecordsWhatEachExpansionWasAllowedToSee) {
  Bench bench(rugged());
  bench.options.budget.evaluations = 60;
  const auto result = must(bench.run());
  std::set<Memory> seen;
  for (const Node& node : must(bench.store->nodes(result.session.id))) seen.insert(node.memory);
  EXPECT_EQ(seen.size(), 4u);
}

TEST(Search, CleanSlateCanBeSwitchedOffAndAlwaysOn) {
  for (const double share : {0.0, 1.0}) {
    Bench bench(rugged());
    bench.options.clean_slate = share;
    const auto result = must(bench.run());
    int64_t clean = 0;
    for (const Node& node : must(bench.store->nodes(result.session.id)))
      clean += node.memory == Memory::clean_slate;
    if (share == 0) {
      EXPECT_EQ(clean, 0);
    } else {
      EXPECT_GT(clean, 4);
    }
  }
}

TEST(Search, CompilesAheadWhatItIsAboutToMeasure) {
  Bench bench(rugged());
  must(bench.run());
  EXPECT_GE(bench.evaluator.prepared, 20u);
}

TEST(Search, CountsOutcomesAndKeepsThemInTheStore) {
  Bench bench(rugged());
  const auto result = must(bench.run());
  int64_t total = 0;
  for (const auto& [name, count] : result.session.outcomes) total += count;
  EXPECT_EQ(total, result.session.evaluations);
  EXPECT_EQ(total, static_cast<int64_t>(bench.evaluator.calls.size()));
  const Session stored = must(bench.store->session(result.session.id));
  EXPECT_EQ(stored.state, "finished");
  EXPECT_EQ(stored.outcomes, result.session.outcomes);
  EXPECT_EQ(stored.best, result.session.best);
  EXPECT_FALSE(stored.finished.empty());
}

TEST(Search, ReportsProgressForEveryEvaluation) {
  Bench bench(rugged());
  int64_t last = 0, calls = 0;
  double best = 0;
  bench.options.on_progress = [&](const SearchProgress& progress) {
    EXPECT_GE(progress.evaluations, last);
    EXPECT_GE(progress.best, 1);
    EXPECT_FALSE(progress.doing.empty());
    last = progress.evaluations;
    best = std::max(best, progress.best);
    ++calls;
  };
  const auto result = must(bench.run());
  EXPECT_GE(calls, result.session.evaluations);
  EXPECT_NEAR(best, result.best.evaluation.speedup, 1e-9);
}

TEST(Search, SaysWhichPolicyIsUnknown) {
  Bench bench(rugged());
  bench.options.policy = "greedi";
  const auto result = bench.run();
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, ErrorCode::usage);
  EXPECT_NE(result.error().message.find("greedy"), std::string::npos);
}

TEST(Search, SaysWhichSynthesizerIsUnknown) {
  Bench bench(rugged());
  bench.options.synthesizers = {"flaks"};
  const auto result = search({}, bench.op, bench.baseline, bench.evaluator, *bench.store, bench.options);
  ASSERT_FALSE(result.has_value());
  EXPECT_NE(result.error().message.find("flags"), std::string::npos) << result.error().message;
}

TEST(Search, SurvivesAPassingFailureOfTheHarnessWithoutRecordingIt) {
  Bench bench(rugged());
  int failures = 0;
  bench.evaluator.on_evaluate = [&](const Subject& subject, Effort) -> Result<> {
    if (candidate_hash(subject.candidate) != bench.hash_with({"interchange"})) return ok();
    ++failures;
    return Error{ErrorCode::tool, "the compiler could not be started"};
  };
  const auto result = must(bench.run());
  EXPECT_EQ(failures, 1) << "it is left out afterwards";
  for (const Node& node : must(bench.store->nodes(result.session.id))) {
    EXPECT_NE(candidate_hash(node.candidate), bench.hash_with({"interchange"}));
  }
}

TEST(Search, StopsWhenTheHarnessKeepsFailingAndCanBeResumed) {
  Bench bench(rugged());
  bool broken = false;
  int64_t evaluated = 0;
  bench.evaluator.on_evaluate = [&](const Subject&, Effort) -> Result<> {
    if (broken) return Error{ErrorCode::tool, "no compiler"};
    broken = ++evaluated == 6;
    return ok();
  };
  const auto failed = bench.run();
  ASSERT_FALSE(failed.has_value());
  EXPECT_NE(failed.error().message.find("resumed"), std::string::npos) << failed.error().message;
  const auto sessions = must(bench.store->sessions());
  ASSERT_EQ(sessions.size(), 1u);
  EXPECT_EQ(sessions[0].state, "running");
  EXPECT_EQ(sessions[0].evaluations, 6);
  broken = false;
  evaluated = 100;
  const auto result = must(bench.run());
  EXPECT_EQ(result.session.id, sessions[0].id);
  EXPECT_NE(result.session.best, 0);
}

// What would lead but for a size on which it loses gets the plain kernel there at once.
TEST(Search, KeepsThePlainKernelForSizesThatLose) {
  Bench bench({{"wide", 8, 2}, {"narrow", 2, 1.5}, {"odd", 1.5, 1.2}});
  bench.evaluator.loses_on_a_size = true;
  bench.options.budget.evaluations = 6;
  const auto result = must(run_keeping_plain(bench, "sizes", 0.1));
  ASSERT_NE(result.session.best, 0);
  EXPECT_EQ(result.best.candidate.moves[0].action, "wide");
  EXPECT_EQ(result.best.candidate.moves[1].action, "keep_plain");
  EXPECT_EQ(bench.evaluator.calls[2].first, result.best.evaluation.candidate)
      << "at once: behind one batch of two";
}

}  // namespace
}  // namespace ke
