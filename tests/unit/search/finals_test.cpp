// SPDX-License-Identifier: MIT
#include "bench.h"

#include <gtest/gtest.h>

namespace ke {
namespace {

TEST(Finals, LeaveTheKernelAsItIsWhenNothingIsFaster) {
  Bench bench({{"a", 0.9, 2}, {"b", 1.0, 1.5}, {"c", 3, 3, Outcome::crashed}});
  const auto result = must(bench.run());
  EXPECT_EQ(result.session.best, 0);
  EXPECT_EQ(bench.evaluator.count(Effort::confirm), 0);
  EXPECT_EQ(result.session.state, "finished");
}

TEST(Finals, DecideBetweenThoseThatScreeningCannotTellApart) {
  // Screening says b > a > c; the decisions say a > b > c.
  Bench bench({{"a", 2.0, 2}, {"b", 1.9, 2}, {"c", 1.85, 2}});
  bench.marks[1].needs = bench.marks[2].needs = "";
  bench.options.budget.evaluations = 7;  // no room for combinations
  bench.evaluator.optimism[bench.hash_with({"b"})] = 1.1;
  for (const auto& pair : {std::vector<std::string>{"a", "b"}, {"a", "c"}, {"b", "c"}}) {
    bench.evaluator.optimism[bench.hash_with(pair)] = 0.2;
  }
  const auto result = must(bench.run());
  ASSERT_NE(result.session.best, 0);
  EXPECT_LE(bench.evaluator.calls.size(), 7u);
}

TEST(Finals, ConfirmTheNextOneWhenTheFirstFails) {
  Bench bench(rugged());
  bench.options.budget.evaluations = 60;
  const auto undisturbed = must(bench.run());
  Bench again(rugged());
  again.options.budget.evaluations = 60;
  again.evaluator.unconfirmable.insert(undisturbed.best.evaluation.candidate);
  const auto result = must(again.run());
  ASSERT_NE(result.session.best, 0);
  EXPECT_NE(result.best.evaluation.candidate, undisturbed.best.evaluation.candidate);
  EXPECT_TRUE(result.best.evaluation.confirmed);
  EXPECT_GE(again.evaluator.count(Effort::confirm), 2);
  EXPECT_GT(result.session.outcomes.at("unsafe"), 0);
}

TEST(Finals, TryANoisyConfirmationOnceMoreAndOnlyOnce) {
  for (const int restless : {1, 2}) {
    Bench bench({{"a", 8, 2}, {"b", 0.5, 2}, {"c", 3, 2, Outcome::faster, "b"}});
    bench.evaluator.restless = restless;
    const auto result = must(bench.run());
    ASSERT_NE(result.session.best, 0);
    EXPECT_EQ(bench.evaluator.count(Effort::confirm), restless + 1);
    EXPECT_EQ(result.best.evaluation.candidate == bench.hash_with({"a", "b", "c"}), restless == 1);
  }
}

// What was known of it stays known, and whoever asks for a winner hears what became of it.
TEST(Finals, SayWhatBecameOfTheBestCandidate) {
  Bench bench({{"a", 8, 2}});
  bench.evaluator.restless = 1;
  bench.evaluator.cut_short = true;
  const auto result = must(bench.run());
  EXPECT_EQ(result.session.best, 0);
  EXPECT_EQ(bench.evaluator.count(Effort::confirm), 1) << "there is no more time for a second one";
  EXPECT_EQ(result.unconfirmed.speedup, 8);
  EXPECT_NE(result.unconfirmed.why.find("a larger budget"), std::string::npos) << result.unconfirmed.why;

  Bench noisy({{"a", 8, 2}});
  noisy.evaluator.restless = 2;
  const auto undecided = must(noisy.run());
  EXPECT_EQ(undecided.session.best, 0);
  EXPECT_EQ(undecided.unconfirmed.speedup, 8) << "measured on all workloads, and undecided all the same";
  EXPECT_NE(undecided.unconfirmed.why.find("1.4 times"), std::string::npos) << undecided.unconfirmed.why;

  Bench unsafe({{"a", 8, 2}});
  unsafe.evaluator.unconfirmable.insert(unsafe.hash_with({"a"}));
  EXPECT_EQ(must(unsafe.run()).unconfirmed.speedup, 8);
}

// A mark that only pays with wide registers: its confirmation says slower until the plain kernel is kept
// beside it.
TEST(Finals, KeepThePlainKernelWhereAWinnerLosesElsewhere) {
  Bench bench({{"wide", 8, 2}});
  bench.evaluator.loses_elsewhere = "wide";
  bench.options.target = 5;  // confirmed at once, before the search comes to the other mark by itself
  const auto result = must(run_keeping_plain(bench, "plain", 0.5));
  ASSERT_NE(result.session.best, 0);
  EXPECT_EQ(result.best.candidate.moves.back().synthesizer, "plain");
  EXPECT_TRUE(result.best.evaluation.confirmed);
  EXPECT_EQ(bench.evaluator.calls.size(), 4u) << "wide is screened and confirmed, then both together";
}

// Marks with flags, the plain kernel beside them, and fewer flags.
std::vector<std::unique_ptr<Synthesizer>> marks_with_flags(const Bench& bench) {
  std::vector<std::unique_ptr<Synthesizer>> synthesizers;
  synthesizers.push_back(
      std::make_unique<Marks>("mark", bench.marks, std::vector<std::string>{"-O2", "-fno-math-errno"}));
  synthesizers.push_back(
      std::make_unique<Marks>("plain", std::vector<Mark>{{"keep_plain", 1, 0.5, Outcome::faster, "wide"}}));
  for (auto& synthesizer : make_synthesizers())
    if (synthesizer->name() == "flags") synthesizers.push_back(std::move(synthesizer));
  return synthesizers;
}

// Flags that help the fast kernel may spoil the plain one beside it.
TEST(Finals, LeaveTheFlagsOutWhereTheySpoilThePlainKernel) {
  Bench bench({{"wide", 8, 2}});
  bench.evaluator.loses_elsewhere = "wide";
  bench.evaluator.spoiling_flags = true;
  bench.options.target = 5;
  const auto result = must(run_search(bench.op, bench.baseline, bench.evaluator, *bench.store, bench.options,
                                      marks_with_flags(bench)));
  ASSERT_NE(result.session.best, 0);
  EXPECT_EQ(result.best.candidate.moves.back().action, "without-all");
  EXPECT_TRUE(result.best.candidate.flags.empty());
  EXPECT_TRUE(result.best.evaluation.confirmed);
}

// What can be known of other machines is asked before a confirmation is spent.
TEST(Finals, GiveTheLeaderWhatItNeedsElsewhereBeforeConfirming) {
  for (const bool spoiling_flags : {false, true}) {
    Bench bench({{"wide", 8, 2}});
    bench.evaluator.loses_elsewhere = "wide";
    bench.evaluator.spoiling_flags = spoiling_flags;
    bench.evaluator.foresees = true;
    bench.options.target = 5;
    const auto result = must(run_search(bench.op, bench.baseline, bench.evaluator, *bench.store,
                                        bench.options, marks_with_flags(bench)));
    ASSERT_NE(result.session.best, 0);
    EXPECT_TRUE(result.best.evaluation.confirmed);
    EXPECT_EQ(result.best.candidate.moves.back().action, spoiling_flags ? "without-all" : "keep_plain");
    EXPECT_EQ(bench.evaluator.count(Effort::confirm), 1);
  }
}

TEST(Finals, AClearLeaderNeedsNoDecision) {
  Bench bench({{"a", 8, 2}, {"b", 0.5, 2}, {"c", 0.5, 2}});
  const auto result = must(bench.run());
  EXPECT_EQ(bench.evaluator.count(Effort::decide), 0);
  EXPECT_EQ(bench.evaluator.count(Effort::confirm), 1);
  EXPECT_NEAR(result.best.evaluation.speedup, 8, 1e-9);
}

// Half of the budget is not enough for this confirmation: the time that it takes is kept free once it leads.
TEST(Finals, AWinnerFoundEarlyIsConfirmedInTime) {
  Bench bench(rugged());
  bench.evaluator.seconds = 0.03;
  bench.evaluator.confirming_s = bench.evaluator.expected_s = 1.1;
  bench.options.budget = {2.0, 0};
  const auto result = must(bench.run());
  ASSERT_NE(result.session.best, 0);
  EXPECT_TRUE(result.best.evaluation.confirmed);
  EXPECT_GT(bench.evaluator.count(Effort::screen), 5) << "the rest of the budget is searched";
}

TEST(Finals, WhatAConfirmationLeavesOfItsTimeIsSearched) {
  Bench bench(rugged());
  bench.evaluator.seconds = 0.03;
  bench.evaluator.confirming_s = 0.1;
  bench.evaluator.expected_s = 5;
  bench.options.budget = {2.0, 0};
  const auto result = must(bench.run());
  ASSERT_NE(result.session.best, 0);
  const auto& calls = bench.evaluator.calls;
  const auto first = std::find_if(calls.begin(), calls.end(),
                                  [](const auto& call) { return call.second == Effort::confirm; });
  EXPECT_GE(std::count_if(first, calls.end(), [](const auto& call) { return call.second == Effort::screen; }),
            5);
  EXPECT_LT(result.session.elapsed_s, 2.2);
}

TEST(Finals, TheReserveFollowsWhatIsExpectedAndIsBounded) {
  BudgetClock clock({100, 0}, 0);
  EXPECT_NEAR(clock.left_s() - clock.screening_left_s(), 30, 0.5);
  clock.expect_confirmation(40);
  EXPECT_NEAR(clock.left_s() - clock.screening_left_s(), 50, 0.5) << "and a margin";
  clock.expect_confirmation(2000);
  EXPECT_NEAR(clock.left_s() - clock.screening_left_s(), 70, 0.5) << "something must be screened";
  clock.expect_confirmation(1);
  EXPECT_NEAR(clock.left_s() - clock.screening_left_s(), 30, 0.5);
}

// What cannot be confirmed within the budget in any case does not keep a small budget from searching.
TEST(Finals, SmallBudgetsStillSearch) {
  Bench bench(rugged());
  bench.evaluator.seconds = 0.02;
  bench.evaluator.expected_s = 50;
  bench.options.budget = {1.0, 0};
  const auto result = must(bench.run());
  EXPECT_GE(bench.evaluator.count(Effort::screen), 5);
  EXPECT_NE(result.session.best, 0) << "it took less than was expected";
}

TEST(Finals, ScreeningLuckDoesNotWin) {
  Bench bench({{"lucky", 1.2, 2}, {"solid", 2, 2}});
  bench.evaluator.optimism[bench.hash_with({"lucky"})] = 1.7;  // looks like 2.04
  bench.evaluator.optimism[bench.hash_with({"lucky", "solid"})] = 0.5;
  const auto result = must(bench.run());
  EXPECT_EQ(result.best.evaluation.candidate, bench.hash_with({"solid"}));
  EXPECT_GE(bench.evaluator.count(Effort::decide), 2);
}

TEST(Finals, KeepEveryEvaluationOfAFinalist) {
  Bench bench({{"lucky", 1.2, 2}, {"solid", 2, 2}});
  bench.evaluator.optimism[bench.hash_with({"lucky"})] = 1.7;
  bench.evaluator.optimism[bench.hash_with({"lucky", "solid"})] = 0.5;
  const auto result = must(bench.run());
  std::vector<std::string> efforts;
  for (const EvaluationRecord& record : must(bench.store->evaluations(result.session.id))) {
    if (record.node == result.session.best) efforts.push_back(record.effort);
  }
  EXPECT_EQ(efforts, (std::vector<std::string>{"screen", "decide", "confirm"}));
}

}  // namespace
}  // namespace ke
