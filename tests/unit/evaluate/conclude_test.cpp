// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/rungs.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace ke
