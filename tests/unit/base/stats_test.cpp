// SPDX-License-Identifier: MIT
#include "ke-build/base/stats.h"

#include <gtest/gtest.h>

#include <cmath>

namespace ke {
namespace {

TEST(Stats, TakesMediansAndQuantilesByHand) {
  EXPECT_DOUBLE_EQ(median({3, 1, 2}), 2);
  EXPECT_DOUBLE_EQ(median({4, 1, 3, 2}), 2.5);
  EXPECT_DOUBLE_EQ(median({7}), 7);
  EXPECT_DOUBLE_EQ(quantile({10, 20, 30, 40}, 0), 10);
  EXPECT_DOUBLE_EQ(quantile({10, 20, 30, 40}, 1), 40);
  EXPECT_DOUBLE_EQ(quantile({10, 20, 30, 40}, 0.25), 17.5);
  EXPECT_DOUBLE_EQ(mean({1, 2, 6}), 3);
  EXPECT_DOUBLE_EQ(mad({1, 2, 3, 4, 100}), 1.482602218505602);
}

TEST(Stats, WeighsGeometricMeans) {
  EXPECT_DOUBLE_EQ(geometric_mean({2, 8}), 4);
  EXPECT_NEAR(geometric_mean({2, 8}, {3, 1}), std::pow(2, 1.5), 1e-12);
}

TEST(Stats, TakesHodgesLehmannOverAllWalshAverages) {
  // Averages of {1, 2, 9}: 1, 1.5, 2, 5, 5.5, 9; the middle two are 2 and 5.
  EXPECT_DOUBLE_EQ(hodges_lehmann({1, 2, 9}), 3.5);
  EXPECT_DOUBLE_EQ(hodges_lehmann({4}), 4);
}

TEST(Stats, InvertsTheNormalDistribution) {
  EXPECT_NEAR(normal_quantile(0.975), 1.959963984540054, 1e-12);
  EXPECT_NEAR(normal_quantile(0.5), 0, 1e-15);
  EXPECT_NEAR(normal_quantile(1e-10), -6.361340902404056, 1e-10);
  for (double p : {1e-12, 0.001, 0.3, 0.77, 0.999999})
    EXPECT_NEAR(normal_cdf(normal_quantile(p)) / p, 1, 1e-11);
}

TEST(Stats, ComputesIncompleteBeta) {
  EXPECT_NEAR(incomplete_beta(1, 1, 0.3), 0.3, 1e-14);
  EXPECT_NEAR(incomplete_beta(2, 3, 0.4), 0.5248, 1e-13);  // 6x^2 - 8x^3 + 3x^4
  EXPECT_NEAR(incomplete_beta(500, 500, 0.5), 0.5, 1e-11);
  EXPECT_EQ(incomplete_beta(2, 3, 0), 0);
  EXPECT_EQ(incomplete_beta(2, 3, 1), 1);
}

TEST(Stats, GivesClopperPearsonIntervalsOfTheTables) {
  const Interval some = clopper_pearson(3, 20, 0.95);
  EXPECT_NEAR(some.low, 0.0320709, 1e-6);
  EXPECT_NEAR(some.high, 0.3789268, 1e-6);
  const Interval all = clopper_pearson(45, 45, 0.9);
  EXPECT_NEAR(all.low, std::pow(0.05, 1.0 / 45), 1e-12);
  EXPECT_EQ(all.high, 1);
  EXPECT_EQ(clopper_pearson(0, 10, 0.95).low, 0);
  EXPECT_NEAR(clopper_pearson(0, 10, 0.95).high, 1 - std::pow(0.025, 0.1), 1e-10);
}

TEST(Stats, BootstrapCoversTheMedianOfBlocks) {
  Random random(11);
  const auto middle = [](const std::vector<double>& values) { return median(values); };
  int covered = 0;
  constexpr int kRuns = 400;
  for (int run = 0; run < kRuns; ++run) {
    std::vector<double> blocks;
    for (int i = 0; i < 20; ++i) blocks.push_back(0.05 + 0.02 * random.normal());
    const Interval interval = bootstrap_bca(blocks, middle, 0.95, 400, random);
    covered += interval.low <= 0.05 && 0.05 <= interval.high;
  }
  // Nominal 95 %; a bootstrap of twenty values is known to be a few points off.
  EXPECT_GE(clopper_pearson(covered, kRuns, 0.999).high, 0.95);
  EXPECT_GE(covered, kRuns * 9 / 10);
  EXPECT_TRUE(std::isinf(bootstrap_bca({1, 2}, middle, 0.95, 100, random).low)) << "two blocks say nothing";
}

TEST(Stats, BootstrapOfTheMeanOfSkewedDataIsShiftedToTheLongTail) {
  Random random(5);
  const std::vector<double> skewed = {1, 1, 1, 1, 1, 2, 2, 2, 3, 10};
  const Interval interval = bootstrap_bca(skewed, mean, 0.9, 4000, random);
  EXPECT_LT(interval.low, 2.4);
  EXPECT_GT(interval.high - 2.4, 2.4 - interval.low);
}

}  // namespace
}  // namespace ke
