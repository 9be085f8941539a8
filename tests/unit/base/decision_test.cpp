// SPDX-License-Identifier: MIT
// The error rates that base/decision.h claims, by simulation; every run is seeded.
#include "ke-build/base/decision.h"

#include "ke-build/base/stats.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>

namespace ke {
namespace {

using Unit = DecisionRule::Unit;

/// Draws the next paired log-ratio of an experiment, and the block that it belongs to.
struct Noise {
  virtual ~Noise() = default;
  virtual double pair(Random& random, double effect) = 0;
};

struct Independent : Noise {
  double sigma = 0.05;
  double pair(Random& random, double effect) override {
    return effect + sigma * std::sqrt(2.0) * random.normal();
  }
};

/// Log times drift (AR(1), rho 0.95), jump between levels and have spikes, as on a shared virtual machine.
/// Both times of a pair come from that one series, in an order drawn by a coin.
struct SharedMachine : Noise {
  double drift = 0, level = 0;
  double next_time(Random& random) {
    drift = 0.95 * drift + 0.02 * random.normal();
    if (random.uniform() < 0.02) level = 0.3 * random.uniform();
    const double spike = random.uniform() < 0.05 ? random.uniform() : 0;
    return drift + level + spike;
  }
  double pair(Random& random, double effect) override {
    const bool baseline_first = random.below(2) == 0;
    const double first = next_time(random), second = next_time(random);
    return effect + (baseline_first ? first - second : second - first);
  }
};

struct Rates {
  int faster = 0, slower = 0, equal = 0, undecided = 0, covered = 0, runs = 0;
  double pairs = 0;
  double upper(int count) const { return clopper_pearson(count, runs, 0.998).high; }
  double lower(int count) const { return clopper_pearson(count, runs, 0.998).low; }
};

/// Looks after every pair; `make` gives fresh noise for each run.
Rates simulate(const DecisionRule& rule, int runs, int pairs_per_block, double effect, uint64_t seed,
               const std::function<std::unique_ptr<Noise>()>& make) {
  Random random(seed);
  Rates rates;
  rates.runs = runs;
  for (int run = 0; run < runs; ++run) {
    PairedDecision decision(rule);
    const auto noise = make();
    int pair = 0;
    while (decision.verdict() == Verdict::undecided && !decision.exhausted()) {
      decision.add(noise->pair(random, effect), pair / pairs_per_block);
      ++pair;
    }
    rates.pairs += decision.pairs();
    rates.faster += decision.verdict() == Verdict::faster;
    rates.slower += decision.verdict() == Verdict::slower;
    rates.equal += decision.verdict() == Verdict::equal;
    rates.undecided += decision.verdict() == Verdict::undecided;
    const Interval interval = decision.ratio_interval();
    rates.covered += interval.low <= std::exp(effect) && std::exp(effect) <= interval.high;
  }
  rates.pairs /= runs;
  return rates;
}

std::unique_ptr<Noise> independent() { return std::make_unique<Independent>(); }
std::unique_ptr<Noise> shared_machine() { return std::make_unique<SharedMachine>(); }

TEST(SignEProcess, HasTheValueOfItsFormula) {
  double expected = 0;
  for (int i = 55; i <= 99; ++i) expected += std::pow(2 * i / 100.0, 3) * (2 * (1 - i / 100.0)) / 45;
  SignEProcess process;
  for (bool win : {true, true, false, true}) process.add(win);
  process.add_tie();
  EXPECT_NEAR(std::exp(process.log_value()), expected, 1e-12);
  EXPECT_EQ(process.wins(), 3);
  EXPECT_EQ(process.losses(), 1);
  EXPECT_EQ(process.ties(), 1);
  EXPECT_NEAR(SignEProcess::log_e_value(0, 0), 0, 1e-12);
}

TEST(SignEProcess, IsAMartingaleUnderAFairCoin) {
  for (int wins = 0; wins < 20; ++wins)
    for (int losses = 0; losses < 20; ++losses) {
      const double now = std::exp(SignEProcess::log_e_value(wins, losses));
      const double next = (std::exp(SignEProcess::log_e_value(wins + 1, losses)) +
                           std::exp(SignEProcess::log_e_value(wins, losses + 1))) /
                          2;
      EXPECT_NEAR(next / now, 1, 1e-12);
    }
}

TEST(CentreEProcess, HasTheValueOfItsFormula) {
  const double values[] = {0.3, -0.1, 0.2, 0.05}, scales[] = {0, 0.2, 0.1, 0.1}, threshold = 0.02;
  CentreEProcess above(threshold, true, 0.01), below(threshold, false, 0.01);
  double expected_above = 0, expected_below = 0;
  for (double bet : {0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.98}) {
    double up = 1, down = 1;
    for (int i = 0; i < 4; ++i) {
      const double x = values[i] - threshold;
      const double score = scales[i] > 0 ? std::clamp(x / scales[i], -1.0, 1.0) : (x > 0 ? 1 : -1);
      up *= 1 + bet * score;
      down *= 1 - bet * score;
    }
    expected_above += up / 10;
    expected_below += down / 10;
  }
  for (int i = 0; i < 4; ++i) {
    above.add(values[i], scales[i]);
    below.add(values[i], scales[i]);
  }
  EXPECT_NEAR(std::exp(above.log_value()), expected_above, 1e-12);
  EXPECT_NEAR(std::exp(below.log_value()), expected_below, 1e-12);
}

TEST(CentreEProcess, StaysFiniteAndFallsWithItsThreshold) {
  Random random(9);
  std::vector<double> values;
  for (int i = 0; i < 5000; ++i) values.push_back(1 + random.normal());
  double before = HUGE_VAL;
  for (double threshold : {-2.0, 0.0, 0.9, 1.1, 3.0}) {
    CentreEProcess process(threshold, true, 0.01);
    for (double value : values) process.add(value, 1);
    EXPECT_TRUE(std::isfinite(process.log_value())) << threshold;
    EXPECT_LT(process.log_value(), before) << threshold;
    before = process.log_value();
  }
}

TEST(CentreEProcess, KeepsItsPromiseForWhateverHasItsCentreThere) {
  // Skewed: one value in ten is large. Its centre in Huber's sense is where the clipped distances cancel.
  Random random(10);
  int rejected = 0;
  constexpr int kRuns = 4000;
  for (int run = 0; run < kRuns; ++run) {
    CentreEProcess process(0, true, 0.05);
    for (int n = 0; n < 200; ++n) process.add(random.below(10) == 0 ? 9.0 : -1.0 / 9, 1);
    rejected += process.rejected();
  }
  EXPECT_LE(clopper_pearson(rejected, kRuns, 0.998).low, 0.05) << rejected;
  EXPECT_GT(rejected, 0) << "the simulation must be able to fail";
}

TEST(MinimumUnits, AreTenForOnePercent) {
  EXPECT_EQ(minimum_units(0.01), 10);
  EXPECT_EQ(minimum_units(0.001), 14);
}

TEST(ConfidenceSequence, InvertsTheTestExactly) {
  // Compares with the definition: what either side's e-process has ever rejected is excluded, and nothing
  // else.
  Random random(3);
  ConfidenceSequence sequence(0.05);
  std::vector<double> values, scales;
  for (int n = 0; n < 120; ++n) {
    values.push_back(random.normal());
    scales.push_back(sequence.add(values.back()));
    const Interval interval = sequence.interval();
    for (const bool above : {true, false}) {
      const double end = above ? interval.low : interval.high;
      for (const double shift : {-1e-7, 1e-7}) {
        const double threshold = std::isinf(end) ? (above ? -50 : 50) : end + shift;
        CentreEProcess process(threshold, above, 0.05);
        for (size_t i = 0; i < values.size(); ++i) process.add(values[i], scales[i]);
        EXPECT_EQ(process.rejected(), !std::isinf(end) && above == (shift < 0))
            << n << ' ' << above << ' ' << shift;
      }
    }
  }
}

TEST(ConfidenceSequence, ScalesByThePastOnly) {
  ConfidenceSequence sequence(0.05);
  for (double value : {1.0, 5.0, 2.0}) EXPECT_EQ(sequence.add(value), 0);
  EXPECT_DOUBLE_EQ(sequence.add(1e6), 1.482602218505602);
  EXPECT_DOUBLE_EQ(sequence.add(0), mad({1, 5, 2, 1e6}));
}

TEST(ConfidenceSequence, CoversAtAllTimesAtOnce) {
  // Its interval only narrows, so what it covers last it has always covered.
  Random random(17);
  constexpr int kRuns = 1000;
  int always = 0;
  for (int run = 0; run < kRuns; ++run) {
    ConfidenceSequence sequence(0.025);
    for (int n = 0; n < 300; ++n) sequence.add(random.normal() + 0.3);
    const Interval interval = sequence.interval();
    always += !sequence.contradictory() && interval.low <= 0.3 && 0.3 <= interval.high;
  }
  EXPECT_GE(clopper_pearson(always, kRuns, 0.998).high, 0.95);
  EXPECT_LT(always, kRuns) << "an interval that never misses is not the one that was asked for";
}

TEST(ConfidenceSequence, SaysWhenTheEffectMoved) {
  ConfidenceSequence sequence(0.01);
  Random random(21);
  for (int i = 0; i < 40; ++i) sequence.add(-1 + 0.1 * random.normal());
  EXPECT_FALSE(sequence.contradictory());
  for (int i = 0; i < 400; ++i) sequence.add(1 + 0.1 * random.normal());
  EXPECT_TRUE(sequence.contradictory());
  EXPECT_LT(sequence.interval().low, sequence.interval().high);
}

TEST(PairedDecision, RarelyCriesWolfUnderPeeking) {
  const auto rule = DecisionRule::make(0.05, 0, 0.02, 400, Unit::pairs);
  const Rates plain = simulate(rule, 2000, 1000, 0, 1, independent);
  EXPECT_LE(plain.lower(plain.faster), 0.05) << plain.faster;
  EXPECT_LE(plain.lower(plain.slower), 0.05) << plain.slower;
  const Rates shared = simulate(rule, 2000, 1000, 0, 2, shared_machine);
  EXPECT_LE(shared.lower(shared.faster), 0.05) << shared.faster;
  EXPECT_LE(shared.lower(shared.slower), 0.05) << shared.slower;
  EXPECT_GT(plain.faster + plain.slower + shared.faster + shared.slower, 0)
      << "the simulation must be able to fail";
}

TEST(PairedDecision, KeepsItsPromiseAtTheMargin) {
  // The true gain is exactly the margin, the hardest case for `faster`.
  const auto rule = DecisionRule::make(0.05, 0.02, 0.02, 300, Unit::pairs);
  const Rates rates = simulate(rule, 2000, 1000, std::log(1.02), 3, shared_machine);
  EXPECT_LE(rates.lower(rates.faster), 0.05) << rates.faster;
}

TEST(PairedDecision, BlocksProtectAgainstLayoutLuck) {
  // Each launch is lucky or unlucky by some percent as a whole: pairs alone would be fooled.
  struct Layout : SharedMachine {
    double luck = 0;
    int left = 0;
    double pair(Random& random, double effect) override {
      if (left-- == 0) {
        left = 19;
        luck = 0.03 * random.normal();
      }
      return SharedMachine::pair(random, effect) * 0.1 + luck;
    }
  };
  const auto make = [] { return std::make_unique<Layout>(); };
  const Rates blocks =
      simulate(DecisionRule::make(0.05, 0, 0.02, 800, Unit::block_medians), 1000, 20, 0, 4, make);
  EXPECT_LE(blocks.lower(blocks.faster), 0.05) << blocks.faster;
  const Rates pairs = simulate(DecisionRule::make(0.05, 0, 0.02, 800, Unit::pairs), 1000, 20, 0, 4, make);
  EXPECT_GT(pairs.faster, 4 * blocks.faster) << "the reason why decisions are made on blocks";
}

TEST(PairedDecision, FindsTwoAndFivePercent) {
  const auto rule = DecisionRule::make(0.01, 0, 0.02, 2000, Unit::pairs);
  // Two percent against five percent noise of each time; five percent on a machine that drifts and jumps.
  const Rates two = simulate(rule, 300, 1000, std::log(1.02), 5, independent);
  EXPECT_GE(two.faster, 295) << two.equal << " equal, " << two.undecided << " undecided";
  EXPECT_LT(two.pairs, 300);
  const Rates five = simulate(rule, 300, 1000, std::log(1.05), 6, shared_machine);
  EXPECT_GE(five.faster, 298);
  EXPECT_LT(five.pairs, 120);
  const Rates slower = simulate(rule, 300, 1000, std::log(0.95), 7, shared_machine);
  EXPECT_GE(slower.slower, 298);
}

TEST(PairedDecision, CountsHowFarItIsFromEven) {
  // Two percent against two percent between launches: signs alone find it in less than half of the trials
  // with thirty units (each wins with probability 0.84), sizes in most.
  const auto rule = DecisionRule::make(0.01, 0, 0.02, 30, Unit::pairs);
  struct Launches : Noise {
    double pair(Random& random, double effect) override { return effect + 0.02 * random.normal(); }
  };
  const auto make = [] { return std::make_unique<Launches>(); };
  EXPECT_GE(simulate(rule, 500, 1000, std::log(1.02), 11, make).faster, 400);
  const Rates equal = simulate(rule, 4000, 1000, 0, 12, make);
  EXPECT_LE(equal.lower(equal.faster + equal.slower), 0.01) << equal.faster + equal.slower;
}

TEST(PairedDecision, ClaimsNothingThatHalfOfTheSignsDeny) {
  // Large gains and tiny losses by turns: Huber's centre is positive, the median is nowhere.
  const auto rule = DecisionRule::make(0.01, 0, 0.02, 400, Unit::pairs);
  for (double sign : {1.0, -1.0}) {
    PairedDecision decision(rule);
    for (int i = 0; i < 60; ++i) decision.add(sign * (i % 2 ? 0.05 : -0.001), i);
    EXPECT_EQ(decision.verdict(), Verdict::undecided);
    EXPECT_GT(sign * std::log(decision.ratio_interval().low * decision.ratio_interval().high), 0);
    for (int i = 0; i < 60; ++i) decision.add(sign * 0.05, i);
    EXPECT_EQ(decision.verdict(), sign > 0 ? Verdict::faster : Verdict::slower);
  }
}

TEST(PairedDecision, CallsEqualVersionsEqual) {
  const auto rule = DecisionRule::make(0.01, 0.02, 0.02, 2000, Unit::pairs);
  const Rates rates = simulate(rule, 300, 1000, 0, 8, independent);
  EXPECT_GE(rates.equal, 297);
  EXPECT_LT(rates.pairs, 700);
}

TEST(PairedDecision, CoversTheEffectWhereItStops) {
  const auto rule = DecisionRule::make(0.05, 0, 0.05, 500, Unit::pairs);
  for (double effect : {0.0, 0.01, 0.03, -0.04}) {
    const Rates rates = simulate(rule, 500, 1000, effect, 9, shared_machine);
    EXPECT_GE(rates.upper(rates.covered), 0.9) << effect << ": " << rates.covered;
  }
}

TEST(PairedDecision, DecidesOnClosedBlocksOnly) {
  PairedDecision decision(DecisionRule::make(0.01, 0.02, 0.02, 2000, Unit::block_medians));
  for (int block = 0; block < 10; ++block)
    for (int i = 0; i < 5; ++i) decision.add(0.1 + 0.001 * i, block);
  EXPECT_EQ(decision.verdict(), Verdict::undecided) << "the tenth block is still open";
  EXPECT_EQ(decision.blocks(), 10);
  EXPECT_EQ(decision.close_block(), Verdict::faster);
  EXPECT_EQ(decision.pairs(), 50);
  EXPECT_NEAR(decision.ratio(), std::exp(0.102), 1e-12);
  EXPECT_GT(decision.ratio_interval().low, 1.02);
  EXPECT_EQ(decision.close_block(), Verdict::faster) << "closing twice changes nothing";
  EXPECT_EQ(decision.block_medians().size(), 10u);
}

TEST(PairedDecision, DropsWhatIsNoNumberAndStaysUndecidedWhenExhausted) {
  PairedDecision decision(DecisionRule::make(0.01, 0.02, 0.02, 8, Unit::pairs));
  decision.add(std::nan(""), 0);
  decision.add(HUGE_VAL, 0);
  for (int i = 0; i < 8; ++i) decision.add(i % 2 ? 0.5 : -0.5, 0);
  EXPECT_EQ(decision.dropped(), 2);
  EXPECT_TRUE(decision.exhausted());
  EXPECT_EQ(decision.verdict(), Verdict::undecided);
  EXPECT_FALSE(decision.noninferior());
}

TEST(PairedDecision, TiesDecideNothingButEquality) {
  PairedDecision decision(DecisionRule::make(0.01, 0, 0.02, 100, Unit::pairs));
  for (int i = 0; i < 30 && decision.verdict() == Verdict::undecided; ++i) decision.add(0, 0);
  EXPECT_EQ(decision.verdict(), Verdict::equal);
  EXPECT_TRUE(decision.noninferior());
  EXPECT_TRUE(decision.not_faster());
}

}  // namespace
}  // namespace ke
