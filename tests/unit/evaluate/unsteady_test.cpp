// SPDX-License-Identifier: MIT
// What the sentinel's alarm does to verdicts. At an error rate of nine in ten it takes a few launches to call
// equal versions different: such a machine is as unsteady as can be.
#include "ke-build/evaluate/folder.h"
#include "ke-build/evaluate/rungs.h"
#include "ke-build/evaluate/sentinel.h"
#include "tests/unit/evaluate/ladder_fixture.h"

namespace ke {
namespace {

TEST(UnsteadyMachine, DecidesNothingBesideAWinner) {
  const SmallRepository repository(kRmsnormSpec, rmsnorm_source(kPlainBody));
  EvaluateOptions options = repository.options();
  options.alpha = 0.9;
  options.noninferiority = 0;
  options.machine_dir = join(repository.folder(), "machine");
  const auto state = open_judge(repository.op(), repository.baseline(), options);
  ASSERT_TRUE(state) << state.error().message;
  const Subject winner = repository.version(rmsnorm_source(kFastBody));
  const Deadline deadline(120);
  Evaluation evaluation;
  evaluation.folder = (*state)->folders->path_of((*state)->op, winner);
  Climb climb{**state, winner, (*state)->exam, Effort::repeat, deadline, evaluation, {}, false};
  const auto compiled = compile_rung(climb);
  ASSERT_TRUE(compiled && *compiled) << evaluation.reason;
  const auto is_unfit = [&] {
    return evaluation.reason.find("too unsteady to decide now") != std::string::npos;
  };
  // One of three measurements calls equal versions different twice.
  for (int attempt = 0; attempt < 60 && !is_unfit(); ++attempt) {
    evaluation.speedups.clear();
    const auto standing = bench_rung(climb);
    ASSERT_TRUE(standing) << standing.error().message;
    EXPECT_EQ(*standing, !is_unfit()) << evaluation.reason;
  }
  EXPECT_EQ(evaluation.outcome, Outcome::noisy);
  EXPECT_GT(evaluation.speedups.at(0).ratio, 1.2) << "the winner itself is fast enough";
  EXPECT_TRUE(is_unfit()) << evaluation.reason;
  EXPECT_GE(sentinel_history(options.machine_dir)->alarms, 2);
  EXPECT_FALSE(*was_steady_lately(options.machine_dir)) << "the next judge looks again";
}

}  // namespace
}  // namespace ke
