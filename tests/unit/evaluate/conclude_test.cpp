// SPDX-License-Identifier: MIT
#include "ke-build/base/decision.h"
#include "ke-build/evaluate/rungs.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace ke {
namespace {

Speedup measured(const std::string& workload, double ratio, Outcome verdict) {
  Speedup speedup;
  speedup.workload = workload;
  speedup.ratio = ratio;
  speedup.low = 0.9 * ratio;
  speedup.high = 1.1 * ratio;
  speedup.verdict = verdict;
  return speedup;
}

Evaluation concluded(const std::vector<Speedup>& speedups, const std::vector<bool>& noninferior) {
  Evaluation evaluation;
  evaluation.rung = "confirm";
  evaluation.speedups = speedups;
  conclude(evaluation, noninferior);
  return evaluation;
}

TEST(Conclude, NothingIsSaidOfWorkloadsThatWereNotMeasured) {
  const Evaluation none = concluded({}, {false, false, false});
  EXPECT_EQ(none.outcome, Outcome::noisy);
  EXPECT_EQ(none.speedup, 0);
  EXPECT_EQ(none.unmeasured, 3u);
  EXPECT_EQ(none.reason, "confirm: no time was left to measure any of 3 workload(s)");
  const Evaluation one = concluded({measured("meshes", 3.5, Outcome::faster)}, {true, false});
  EXPECT_EQ(one.outcome, Outcome::noisy) << "faster on one, and nobody knows about the other";
  EXPECT_NEAR(one.speedup, 3.5, 1e-9);
  EXPECT_NE(one.reason.find("no time was left to measure 1 other"), std::string::npos) << one.reason;
}

TEST(Conclude, UndecidedSaysBetweenWhat) {
  const Evaluation open = concluded({measured("meshes", 2.5, Outcome::noisy)}, {false});
  EXPECT_EQ(open.outcome, Outcome::noisy);
  EXPECT_NE(open.reason.find("undecided between 2.250 and 2.750"), std::string::npos) << open.reason;
  Speedup few = measured("meshes", 2.5, Outcome::noisy);
  few.low = 0;
  few.high = 1e6;
  const std::string reason = concluded({few}, {false}).reason;
  EXPECT_NE(reason.find("undecided: too few pairs"), std::string::npos) << reason;
}

TEST(Conclude, SlowerBesideAGainSaysWhy) {
  const Evaluation mixed = concluded(
      {measured("long", 9, Outcome::faster), measured("short", 0.8, Outcome::slower)}, {true, false});
  EXPECT_EQ(mixed.outcome, Outcome::slower);
  EXPECT_NE(mixed.reason.find("worst 0.800 on short: a gain on some"), std::string::npos) << mixed.reason;
  EXPECT_EQ(mixed.unmeasured, 0u);
  const Evaluation both = concluded(
      {measured("long", 9, Outcome::faster), measured("short", 1.2, Outcome::faster)}, {true, true});
  EXPECT_EQ(both.outcome, Outcome::faster);
  EXPECT_EQ(both.reason.find("a gain on some"), std::string::npos);
}

/// What a decision on simulated launches comes to: the variant runs at `ratio` of the baseline's speed, the
/// medians of blocks spread by `noise`.
Evaluation simulated(double ratio, double noise, unsigned seed) {
  const EvaluateOptions options;
  PairedDecision decision(DecisionRule::make(options.alpha, options.minimum_gain, options.noninferiority,
                                             options.max_pairs, DecisionRule::Unit::block_medians));
  std::mt19937 random(seed);
  std::normal_distribution<double> block(std::log(ratio), noise);
  for (int i = 0; i < 20 && decision.verdict() == Verdict::undecided; ++i) {
    decision.add(block(random), i);
    decision.close_block();
  }
  const Outcome outcomes[] = {Outcome::noisy, Outcome::faster, Outcome::slower, Outcome::equal};
  const Speedup speedup =
      measured("column", decision.ratio(), outcomes[static_cast<int>(decision.verdict())]);
  return concluded({speedup}, {decision.noninferior()});
}

int short_of_200(double ratio, double noise) {
  int count = 0;
  for (unsigned seed = 0; seed < 200; ++seed) count += falls_short(simulated(ratio, noise, seed));
  return count;
}

TEST(Variants, OneThatIsNotProvenSlowerWillDo) {
  EXPECT_TRUE(falls_short(concluded({measured("column", 0.97, Outcome::slower)}, {false})));
  EXPECT_FALSE(falls_short(concluded({measured("column", 0.979, Outcome::noisy)}, {false})))
      << "a fallback at the edge of the margin, about which nobody can decide";
  EXPECT_FALSE(falls_short(concluded({measured("column", 1, Outcome::equal)}, {true})));
  EXPECT_TRUE(falls_short(concluded({measured("column", 0.94, Outcome::noisy)}, {false})))
      << "noise is no excuse";
  EXPECT_TRUE(falls_short(
      concluded({measured("a", 3, Outcome::faster), measured("b", 0.94, Outcome::noisy)}, {true, false})))
      << "nor is a gain elsewhere";
  EXPECT_TRUE(falls_short(concluded({measured("a", 1, Outcome::equal)}, {true, false})))
      << "a workload for which there was no time";
}

TEST(Variants, AreDecidedWhereAScreeningIsInDoubt) {
  EXPECT_TRUE(is_in_doubt(concluded({measured("column", 0.93, Outcome::slower)}, {false})))
      << "pairs of one launch, which may be an unlucky one";
  EXPECT_TRUE(is_in_doubt(concluded({measured("column", 0.97, Outcome::equal)}, {true})));
  EXPECT_TRUE(is_in_doubt(concluded({measured("column", 0.97, Outcome::noisy)}, {false})));
  EXPECT_FALSE(is_in_doubt(concluded({measured("column", 0.5, Outcome::slower)}, {false})));
  EXPECT_FALSE(is_in_doubt(concluded({measured("column", 1, Outcome::equal)}, {true})));
}

TEST(Variants, DecidedOnSimulatedLaunches) {
  EXPECT_LE(short_of_200(0.98, 0.01), 6) << "as good as the baseline, up to the margin";
  EXPECT_LE(short_of_200(0.99, 0.03), 6);
  EXPECT_GE(short_of_200(0.95, 0.01), 190) << "a real loss is found";
  EXPECT_GE(short_of_200(0.9, 0.03), 190);
  EXPECT_GE(short_of_200(0.8, 0.2), 160) << "also behind a great deal of noise";
}

}  // namespace
}  // namespace ke
