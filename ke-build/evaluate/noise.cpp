// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/noise.h"

#include "ke-build/base/stats.h"
#include "ke-build/evaluate/noise_kernels.h"

#include <cmath>

namespace ke {
namespace {

constexpr int kPairsPerLaunch = 10;
constexpr int kFewestLaunches = 12;

}  // namespace

Result<NoiseSamples> measure_noise(const std::string& kernel, const EvaluateOptions& options,
                                   double seconds) {
  const Operator op = noise_operator(kernel);
  KE_TRY(const auto state, open_judge(op, noise_subject(kernel, 0), options));
  const Pool& pool = state->exam.workloads.front();
  BenchOptions plan = bench_options(*state, Effort::decide, nullptr);
  // Never decides, so that nothing is left out of the samples.
  plan.rule = DecisionRule::make(1e-300, 10, 10, 1 << 30, DecisionRule::Unit::block_medians);
  plan.pairs_per_block = kPairsPerLaunch;
  plan.minimum_pairs = kFewestLaunches * kPairsPerLaunch;
  plan.budget_s = plan.wall_s = seconds;
  plan.useful_units = 0;
  const double start_s = now_s();
  KE_TRY(const BenchResult result,
         bench(state->op, pool, state->program, state->program, plan, state->ledger));
  if (result.finding) return Error{ErrorCode::tool, kernel + " against itself: " + result.finding->reason};
  NoiseSamples samples;
  samples.kernel = kernel;
  samples.call_s = result.speedup.baseline_s;
  for (const std::vector<TimedPair>& launch : result.launches) {
    samples.launches.emplace_back();
    for (const TimedPair& pair : launch) samples.launches.back().push_back(pair.log_ratio());
  }
  samples.pair_s = (now_s() - start_s - result.lock_wait_s) / std::max(1, result.speedup.pairs);
  return samples;
}

Detection detection(const NoiseSamples& samples, const DecisionRule& rule, double effect, int trials,
                    Random& random) {
  KE_CHECK(!samples.launches.empty() && trials > 0);
  Detection result;
  result.effect = effect;
  std::vector<double> pairs;
  int wrong = 0;
  for (int trial = 0; trial < trials; ++trial) {
    PairedDecision decision(rule);
    for (int64_t block = 0; decision.verdict() == Verdict::undecided && decision.pairs() < rule.max_pairs;
         ++block) {
      const auto& launch = samples.launches[random.below(samples.launches.size())];
      const double side = random.below(2) == 0 ? 1 : -1;
      for (const double ratio : launch) {
        if (decision.add(side * ratio + std::log1p(effect), block) != Verdict::undecided) break;
      }
      if (launch.empty()) return result;
      decision.close_block();
    }
    if (decision.verdict() == Verdict::faster) pairs.push_back(decision.pairs());
    wrong += decision.verdict() == Verdict::slower;
  }
  result.found = static_cast<double>(pairs.size()) / trials;
  result.wrong = static_cast<double>(wrong) / trials;
  if (!pairs.empty()) result.pairs = median(pairs);
  result.seconds = result.pairs * samples.pair_s;
  return result;
}

double minimum_detectable_effect(const NoiseSamples& samples, const DecisionRule& rule, int trials,
                                 Random& random) {
  for (const double effect : {0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5}) {
    if (detection(samples, rule, effect, trials, random).found >= 0.95) return effect;
  }
  return 0;
}

}  // namespace ke
