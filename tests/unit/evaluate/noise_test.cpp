// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/noise.h"

#include "ke-build/base/files.h"
#include "ke-build/evaluate/noise_kernels.h"

#include <gtest/gtest.h>

namespace ke {
namespace {

/// Launches of ten pairs with these standard deviations of pairs and of launches.
NoiseSamples normal_noise(double pairs, double launches, Random& random) {
  NoiseSamples samples;
  samples.pair_s = 0.01;
  for (int launch = 0; launch < 60; ++launch) {
    const double offset = launches * random.normal();
    samples.launches.emplace_back();
    for (int pair = 0; pair < 10; ++pair) samples.launches.back().push_back(offset + pairs * random.normal());
  }
  return samples;
}

const DecisionRule kScreen = DecisionRule::make(0.01, 0, 0.05, 200, DecisionRule::Unit::pairs);
const DecisionRule kDecide = DecisionRule::make(0.01, 0, 0.02, 1000, DecisionRule::Unit::block_medians);

TEST(Noise, EqualVersionsAreRarelyCalledDifferent) {
  Random random(1);
  const NoiseSamples samples = normal_noise(0.05, 0.02, random);
  const Detection seen = detection(samples, kDecide, 0, 2000, random);
  EXPECT_LE(seen.found, 0.02);
  EXPECT_LE(seen.wrong, 0.02);
}

TEST(Noise, ADifferenceIsFoundWhenItStandsOutOfTheSpread) {
  Random random(2);
  const NoiseSamples samples = normal_noise(0.02, 0.005, random);
  const Detection large = detection(samples, kScreen, 0.1, 300, random);
  EXPECT_GE(large.found, 0.99);
  EXPECT_GE(large.pairs, minimum_units(0.01));
  EXPECT_DOUBLE_EQ(large.seconds, 0.01 * large.pairs);
  EXPECT_LT(detection(samples, kScreen, 0.0005, 300, random).found, 0.5);
}

TEST(Noise, ANoisyMachineFindsLess) {
  Random random(3);
  const double quiet = minimum_detectable_effect(normal_noise(0.01, 0.002, random), kDecide, 200, random);
  const double restless = minimum_detectable_effect(normal_noise(0.3, 0.1, random), kDecide, 200, random);
  EXPECT_GT(quiet, 0);
  EXPECT_GT(restless, quiet);
  EXPECT_EQ(minimum_detectable_effect(normal_noise(3, 3, random), kDecide, 50, random), 0)
      << "nothing at all";
}

TEST(Noise, AKernelIsMeasuredAgainstItself) {
  const auto folder = TempDir::make("ke-noise");
  ASSERT_TRUE(folder);
  EvaluateOptions options;
  options.state_dir = folder->path();
  const auto samples = measure_noise("call", options, 0.1);
  ASSERT_TRUE(samples) << samples.error().message;
  EXPECT_GE(samples->launches.size(), 12u);
  EXPECT_GT(samples->call_s, 0);
  EXPECT_GT(samples->pair_s, samples->call_s);
}

TEST(Noise, KernelsHaveValidContracts) {
  for (const std::string& kernel : noise_kernels()) {
    EXPECT_EQ(noise_operator(kernel).workloads.size(), 1u) << kernel;
    EXPECT_NE(noise_subject(kernel, 5).candidate.source.find("percent = 105;"), std::string::npos);
  }
}

TEST(Noise, MoreWorkIsWorkOnOtherMemory) {
  std::string source = noise_subject("memory", 5).candidate.source;
  const auto folder = TempDir::make("ke-noise");
  ASSERT_TRUE(folder);
  source += R"(
#include <cstdio>
#include <vector>
int main() {
  for (long n : {1, 99, 100, 101, 12345}) {
    const long room = 25 * ((n + 99) / 100);
    std::vector<float> x(n + room), y(n), spare(room, -1);
    for (long i = 0; i < n + room; ++i) x[i] = i;
    memory(x.data(), y.data(), spare.data(), n);
    long more = 0;
    for (long i = 0; i < n; ++i) if (y[i] != 2 * x[i] + 1) return 1;
    for (long i = 0; i < room; ++i) {
      if (spare[i] == -1) continue;
      ++more;
      if (spare[i] != 2 * x[n + i] + 1) return 1;
    }
    if (n >= 100 && (more > n / 20 + room / 25 || 2 * more < n / 20)) return 1;
  }
})";
  ASSERT_TRUE(write_file(join(folder->path(), "noise.cpp"), source));
  EXPECT_TRUE(run_or_fail({.argv = {"/usr/bin/c++", "-O2", "-fsanitize=address", "noise.cpp", "-o", "noise"},
                           .directory = folder->path()}));
  EXPECT_TRUE(run_or_fail({.argv = {join(folder->path(), "noise")}}));
}

}  // namespace
}  // namespace ke
