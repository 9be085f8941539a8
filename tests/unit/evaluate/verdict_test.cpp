// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/profile/verdict.h"

#include "ke-build/evaluate/profile/contest.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace ke {
namespace {

Ratio about(double middle, double spread = 0.02) {
  return {middle, middle * (1 - spread), middle * (1 + spread), 20};
}

Differentials of(double tile, double stream) {
  Differentials d;
  d.seconds = 1e-3;
  d.overhead_s = 1e-6;
  d.level = "DRAM";
  d.tile = about(tile);
  d.stream = about(stream);
  return d;
}

bool mentions(const std::vector<std::string>& lines, const std::string& text) {
  return std::any_of(lines.begin(), lines.end(),
                     [&](const std::string& line) { return line.find(text) != std::string::npos; });
}

#define EXPECT_CLASS(judgement, expected_bound, words)                            \
  EXPECT_STREQ(name_of((judgement).bound), expected_bound) << (judgement).detail; \
  EXPECT_NE((judgement).detail.find(words), std::string::npos) << (judgement).detail

TEST(Verdict, OnlyTheMemorySkeletonIsAsSlow) {
  const Judgement j = judge_differentials(of(0.3, 0.95));
  EXPECT_CLASS(j, "memory", "DRAM bandwidth");
  EXPECT_EQ(j.confidence, "high");
  EXPECT_NEAR(j.without_memory, 1 / 0.3, 1e-9);
  EXPECT_TRUE(mentions(j.evidence, "compute skeleton"));
  EXPECT_TRUE(mentions(j.evidence, "memory skeleton"));
  EXPECT_EQ(j.next, "sizes");
}

TEST(Verdict, OnlyTheComputeSkeletonIsAsSlow) {
  Differentials d = of(0.98, 0.2);
  d.scalar = about(3.1);
  d.unrolled = about(1.0);
  d.reassociated = about(0.97);
  EXPECT_CLASS(judge_differentials(d), "compute", "instructions");
  d.compute_share = 0.7;
  EXPECT_CLASS(judge_differentials(d), "compute", "arithmetic units");
  d.compute_share = 0.1;
  d.scalar = about(1.0);
  EXPECT_CLASS(judge_differentials(d), "compute", "scalar code");
  d.scalar = about(1.01, 0.3);
  d.vectors_change_nothing = true;
  EXPECT_CLASS(judge_differentials(d), "compute", "scalar code");
}

TEST(Verdict, BrokenDependencesThatHelpAreAChain) {
  Differentials d = of(1.0, 0.1);
  d.reassociated = about(0.3);
  d.native = about(0.95);
  EXPECT_CLASS(judge_differentials(d), "latency", "dependence chain");
  d.native = about(0.25);
  EXPECT_CLASS(judge_differentials(d), "compute", "scalar code") << "wider vectors alone do as much";
  d.native = {};
  d.reassociated = about(1.0);
  d.unrolled = about(0.7);
  EXPECT_CLASS(judge_differentials(d), "latency", "dependence chain");
  Differentials by_model = of(1.0, 0.1);
  by_model.scalar = about(2.0);
  by_model.chain_cycles = 12;
  by_model.port_cycles = 3;
  EXPECT_CLASS(judge_differentials(by_model), "latency", "dependence chain");
  by_model.scalar = about(1.0);
  EXPECT_CLASS(judge_differentials(by_model), "latency", "dependence chain in scalar code");
}

TEST(Verdict, SpecialFunctionsTakeTheTime) {
  Differentials d = of(1.0, 0.1);
  d.cheap = about(0.2);
  d.reassociated = about(0.6);
  EXPECT_CLASS(judge_differentials(d), "compute", "special functions");
  d.reassociated = about(0.1);
  EXPECT_CLASS(judge_differentials(d), "latency", "dependence chain");
}

TEST(Verdict, BothSkeletonsAreAsSlow) {
  Differentials d = of(0.95, 0.92);
  d.memory_share = 0.8;
  d.compute_share = 0.5;
  EXPECT_CLASS(judge_differentials(d), "memory", "overlap");
  d.compute_share = 0.9;
  EXPECT_CLASS(judge_differentials(d), "compute", "overlap");
}

TEST(Verdict, TheirSumIsAsSlow) {
  const Judgement j = judge_differentials(of(0.5, 0.5));
  EXPECT_CLASS(j, "latency", "do not overlap");
  EXPECT_EQ(j.next, "stream");
}

TEST(Verdict, BytesThatTakeMostOfTheTimeAreTheBound) {
  const Judgement j = judge_differentials(of(0.24, 0.8));
  EXPECT_CLASS(j, "memory", "bandwidth, with arithmetic on top");
  EXPECT_EQ(j.next, "stream");
}

TEST(Verdict, NeitherIsAsSlow) {
  Differentials d = of(0.2, 0.1);
  EXPECT_CLASS(judge_differentials(d), "latency", "beyond the declared traffic");
  d.lookups = 1e4;
  d.lookup_s = 95e-9;
  EXPECT_CLASS(judge_differentials(d), "latency", "dependent lookups");
  d.lookups = 1e5;
  EXPECT_CLASS(judge_differentials(d), "latency", "gathers") << "ten at a time";
  d.chain = about(1.1);
  EXPECT_CLASS(judge_differentials(d), "latency", "dependent lookups") << "what was timed beside it counts";
  d.chain = about(6);
  EXPECT_CLASS(judge_differentials(d), "latency", "gathers");
  Differentials rows = of(0.4, 1.4);
  rows.memory_share = 0.02;
  rows.chain = about(3.5);
  EXPECT_CLASS(judge_differentials(rows), "latency", "gathers") << "the stream waits for its lookups as well";
  rows.memory_share = 0.8;
  EXPECT_CLASS(judge_differentials(rows), "memory", "bandwidth");
  Differentials parallel = of(0.2, 0.1);
  parallel.threads = 4;
  parallel.thread_speedups = {1, 1.05, 1.02};
  EXPECT_CLASS(judge_differentials(parallel), "latency", "serial");
  EXPECT_TRUE(mentions(judge_differentials(parallel).evidence, "4 threads are 1.02"));
}

TEST(Verdict, ACallThatIsHardlyLongerThanNothing) {
  Differentials d = of(1.0, 1.0);
  d.seconds = 2.5e-6;
  EXPECT_CLASS(judge_differentials(d), "launch", "call overhead");
  EXPECT_EQ(judge_differentials(d).confidence, "high");
}

TEST(Verdict, CountersNameTheFrontEnd) {
  Differentials d = of(0.97, 0.2);
  d.bad_speculation = 0.4;
  d.frontend = 0.1;
  EXPECT_CLASS(judge_differentials(d), "frontend", "mispredicted");
  d.bad_speculation = 0.05;
  d.frontend = 0.5;
  EXPECT_CLASS(judge_differentials(d), "frontend", "instruction supply");
}

TEST(Verdict, SaysHowSureItIs) {
  Differentials wide = of(0.3, 0.95);
  wide.stream = about(0.9, 0.2);
  EXPECT_EQ(judge_differentials(wide).confidence, "medium");
  Differentials missing = of(0.3, 0.95);
  missing.stream = {};
  EXPECT_EQ(judge_differentials(missing).confidence, "low");
  const Judgement nothing = judge_differentials({});
  EXPECT_EQ(nothing.bound, Bound::unknown);
  EXPECT_EQ(nothing.confidence, "low");
  EXPECT_EQ(nothing.next, "tile");
}

TEST(Verdict, DisbelievesASkeletonThatIsSlowerThanTheWhole) {
  Differentials d = of(1.6, 0.2);
  EXPECT_EQ(judge_differentials(d).bound, Bound::unknown) << "nothing shows the time without memory";
  EXPECT_TRUE(mentions(judge_differentials(d).evidence, "takes no part"));
  EXPECT_EQ(judge_differentials(d).next, "warm");
  d.warm = about(1.0);
  EXPECT_CLASS(judge_differentials(d), "compute", "instructions");
  EXPECT_EQ(judge_differentials(d).confidence, "medium") << "warm data may still come from a far cache";
  d.warm = about(0.3);
  EXPECT_EQ(judge_differentials(d).bound, Bound::latency) << "it waited for fresh data";
}

TEST(Verdict, TakesTheShorterOfTileAndWarm) {
  Differentials d = of(0.95, 0.95);
  d.warm = about(0.4);
  EXPECT_CLASS(judge_differentials(d), "memory", "bandwidth");
}

TEST(RatioOf, HoldsTheMedianInItsInterval) {
  std::vector<double> logs;
  for (int i = 0; i < 25; ++i) logs.push_back(std::log(0.5) + 0.01 * (i - 12));
  const Ratio ratio = ratio_of(logs);
  EXPECT_NEAR(ratio.middle, 0.5, 1e-9);
  // Binomial(25, 1/2): ranks 8 and 18 hold the median in 95.7 % of all samples.
  EXPECT_NEAR(ratio.low, 0.5 * std::exp(-0.05), 1e-9);
  EXPECT_NEAR(ratio.high, 0.5 * std::exp(0.05), 1e-9);
  EXPECT_EQ(ratio.pairs, 25);
  EXPECT_FALSE(ratio_of({}).known());
  EXPECT_NEAR(ratio_of({0.0, 0.1, 0.2}).high, std::exp(0.2), 1e-9);
}

}  // namespace
}  // namespace ke
