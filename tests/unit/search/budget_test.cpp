// SPDX-License-Identifier: MIT
// Budgets are hard caps, and a search ends early when there is nothing left to gain or to try.
#include "bench.h"
#include "ke-build/search/clock.h"

#include <gtest/gtest.h>

namespace ke {
namespace {

TEST(SearchBudget, EvaluationsOfEveryEffortCount) {
  for (const int64_t budget : {1, 2, 3, 7, 20, 33}) {
    Bench bench(rugged());
    bench.options.budget.evaluations = budget;
    const auto result = must(bench.run());
    EXPECT_LE(static_cast<int64_t>(bench.evaluator.calls.size()), budget);
    EXPECT_EQ(result.session.evaluations, static_cast<int64_t>(bench.evaluator.calls.size()));
    if (budget >= 3) {
      EXPECT_NE(result.session.best, 0) << "with " << budget << " evaluations";
    }
  }
}

TEST(SearchBudget, SecondsAreNotOverrunByMoreThanOneEvaluation) {
  Bench bench(rugged());
  bench.evaluator.seconds = 0.05;
  bench.options.budget = {1.0, 0};
  const double start = now_s();
  const auto result = must(bench.run());
  EXPECT_LT(now_s() - start, 1.0 + 0.05 + 0.2);
  EXPECT_EQ(result.session.stopped_by, "seconds");
  EXPECT_NE(result.session.best, 0) << "the reserve was not kept for confirming";
  EXPECT_LE(bench.evaluator.longest_deadline_s, 1.0) << "deadlines must be passed down";
}

TEST(SearchBudget, ADeadlineThatPassesEndsTheSearchInGoodOrder) {
  Bench bench(rugged());
  int64_t count = 0;
  bench.evaluator.on_evaluate = [&](const Subject&, Effort) -> Result<> {
    return ++count > 5 ? Result<>(Error{ErrorCode::budget, "the deadline has passed"}) : ok();
  };
  const auto result = must(bench.run());
  EXPECT_EQ(result.session.stopped_by, "seconds");
  EXPECT_EQ(result.session.state, "finished");
  EXPECT_EQ(result.session.evaluations, 5);
}

TEST(SearchBudget, StopsAtTheTargetOnceItIsConfirmed) {
  Bench bench(rugged());
  bench.options.budget.evaluations = 200;
  bench.options.target = 10;
  const auto result = must(bench.run());
  EXPECT_EQ(result.session.stopped_by, "target");
  EXPECT_GE(result.best.evaluation.speedup, 10);
  EXPECT_TRUE(result.best.evaluation.confirmed);
  EXPECT_LT(result.session.evaluations, 25);
}

TEST(SearchBudget, GoesOnWhenTheTargetWasOnlyScreeningLuck) {
  Bench bench(rugged());
  bench.options.budget.evaluations = 40;
  bench.options.target = 20;
  bench.evaluator.optimism[bench.hash_with({"interchange"})] = 10;
  const auto result = must(bench.run());
  EXPECT_EQ(result.session.stopped_by, "target");
  EXPECT_GE(result.best.evaluation.speedup, 20);
  EXPECT_NE(result.best.evaluation.candidate, bench.hash_with({"interchange"}));
}

TEST(SearchBudget, StopsAtThePhysicsFloor) {
  Bench bench(rugged());
  bench.options.budget.evaluations = 200;
  bench.evaluator.floor_speedup = 12.5;  // 12x is 96 % of the ceiling
  const auto result = must(bench.run());
  EXPECT_EQ(result.session.stopped_by, "floor");
  EXPECT_GE(result.best.evaluation.speedup, 12 - 1e-9);
}

TEST(SearchBudget, SaysThatEverythingWasTried) {
  Bench bench({{"a", 2, 2}, {"b", 1.5, 2}, {"c", 0.5, 1}});
  bench.options.budget.evaluations = 500;
  const auto result = must(bench.run());
  EXPECT_EQ(result.session.stopped_by, "exhausted");
  EXPECT_EQ(bench.evaluator.count(Effort::screen), 7) << "all non-empty subsets of three moves";
  EXPECT_NEAR(result.best.evaluation.speedup, 3, 1e-9);
}

TEST(SearchBudget, EndsWithoutAnyCapWhenProgressStalls) {
  std::vector<Mark> marks = {{"good", 2, 2}};
  for (int i = 0; i < 12; ++i) marks.push_back({"dud" + std::to_string(i), 0.99, 1.01});
  Bench bench(marks);
  bench.options.budget = {};
  const auto result = must(bench.run());
  EXPECT_EQ(result.session.stopped_by, "stalled");
  EXPECT_LT(result.session.evaluations, 200);
  EXPECT_NE(result.session.best, 0);
}

TEST(SearchBudget, TheLengthOfAStallIsAnOption) {
  std::vector<Mark> marks = {{"good", 2, 2}};
  for (int i = 0; i < 12; ++i) marks.push_back({"dud" + std::to_string(i), 0.99, 1.01});
  std::vector<int64_t> lasted;
  for (const int64_t stall : {10, 90}) {
    Bench bench(marks);
    bench.options.budget = {};
    bench.options.stall = stall;
    const auto result = must(bench.run());
    EXPECT_EQ(result.session.stopped_by, "stalled");
    lasted.push_back(result.session.evaluations);
  }
  EXPECT_GT(lasted[0], 10);
  EXPECT_GE(lasted[1] - lasted[0], 70);
}

TEST(SearchBudget, DeviceSecondsAreACapWithAReserveForConfirming) {
  Bench bench(rugged());
  bench.evaluator.device_s = 0.25;  // per evaluation, of the device's own time
  bench.options.budget = {0, 0, 5};
  const auto result = must(bench.run());
  EXPECT_EQ(result.session.stopped_by, "device");
  EXPECT_EQ(bench.evaluator.count(Effort::screen), 14) << "70 % of 20 evaluations";
  EXPECT_LE(static_cast<int64_t>(bench.evaluator.calls.size()), 20);
  ASSERT_NE(result.session.best, 0);
  EXPECT_TRUE(result.best.evaluation.confirmed);
  EXPECT_EQ(must(bench.store->session(result.session.id)).budget.device_s, 5);
}

TEST(SearchBudget, DeviceSecondsOfAKilledProcessCount) {
  const TempDir folder = must(TempDir::make("ke-budget-test"));
  int64_t screened = 0;
  for (const bool killed : {true, false}) {
    Bench bench(rugged(), folder.path() + "/store.db");
    bench.evaluator.device_s = 0.25;
    bench.options.budget = {0, 0, 5};
    bench.evaluator.on_evaluate = [&](const Subject&, Effort) -> Result<> {
      return killed && bench.evaluator.calls.size() >= 6
                 ? Result<>(Error{ErrorCode::io, "the machine goes down"})
                 : ok();
    };
    EXPECT_EQ(bench.run().has_value(), !killed);
    screened += bench.evaluator.count(Effort::screen);
  }
  EXPECT_EQ(screened, 14);
}

// Where opening the judge was slow, confirming will be slow too.
TEST(SearchBudget, KeepsMoreForConfirmingOnASlowMachine) {
  const BudgetClock quick({100, 0}, 2, 2), slow({100, 0}, 14, 14), hopeless({100, 0}, 60, 60);
  EXPECT_NEAR(quick.left_s() - quick.screening_left_s(), 30, 0.5);
  EXPECT_NEAR(slow.left_s() - slow.screening_left_s(), 42, 0.5);
  EXPECT_NEAR(hopeless.left_s() - hopeless.screening_left_s(), 50, 0.5) << "at most half of it";
  EXPECT_NEAR(slow.left_s(), 86, 0.5) << "opening counts";
}

TEST(SearchBudget, AResumedClockGoesOnWhereItStopped) {
  const BudgetClock clock({100, 0}, 60);
  EXPECT_NEAR(clock.left_s(), 40, 0.5);
  EXPECT_NEAR(clock.screening_left_s(), 10, 0.5);
  EXPECT_LE(clock.evaluation_deadline().left_s(), 30.1);
  const BudgetClock spent({10, 0}, 60);
  EXPECT_TRUE(spent.evaluation_deadline().passed());
}

}  // namespace
}  // namespace ke
