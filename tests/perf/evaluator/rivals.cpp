// SPDX-License-Identifier: MIT
#include "rivals.h"

#include "ke-build/base/stats.h"

#include <algorithm>
#include <cmath>

namespace ke {
namespace {

constexpr double kRivalAlpha = 0.01;
constexpr double kThreshold = 0.05;
constexpr int kFirstLook = 5;

struct Times {
  std::vector<double> baseline, candidate;
};

// As most scripts measure, one version after the other: the first half of the pairs gives the baseline's
// times, the second half the candidate's.
Times two_blocks(const Comparison& comparison) {
  std::vector<TimedPair> pairs;
  for (const auto& launch : comparison.launches) pairs.insert(pairs.end(), launch.begin(), launch.end());
  Times times;
  for (size_t i = 0; i < pairs.size(); ++i) {
    if (i < pairs.size() / 2)
      times.baseline.push_back(pairs[i].baseline_s);
    else
      times.candidate.push_back(pairs[i].candidate_s);
  }
  return times;
}

Times interleaved(const Comparison& comparison) {
  Times times;
  for (const auto& launch : comparison.launches) {
    for (const TimedPair& pair : launch) {
      times.baseline.push_back(pair.baseline_s);
      times.candidate.push_back(pair.candidate_s);
    }
  }
  return times;
}

int pairs_of(const Comparison& comparison) {
  size_t pairs = 0;
  for (const auto& launch : comparison.launches) pairs += launch.size();
  return static_cast<int>(pairs);
}

Answer of_medians(const Times& times, bool different, int pairs) {
  if (!different) return {Outcome::noisy, pairs};
  return {median(times.baseline) > median(times.candidate) ? Outcome::faster : Outcome::slower, pairs};
}

Answer as_decided(const Comparison& comparison) { return {comparison.verdict, pairs_of(comparison)}; }

Answer replay(const Comparison& comparison, const DecisionRule& rule) {
  PairedDecision decision(rule);
  int64_t block = 0;
  for (const auto& launch : comparison.launches) {
    for (const TimedPair& pair : launch) {
      if (decision.verdict() == Verdict::undecided && !decision.exhausted())
        decision.add(pair.log_ratio(), block);
    }
    if (decision.verdict() == Verdict::undecided) decision.close_block();
    ++block;
  }
  const Verdict verdict = decision.verdict();
  const Outcome outcome = verdict == Verdict::faster   ? Outcome::faster
                          : verdict == Verdict::slower ? Outcome::slower
                          : verdict == Verdict::equal  ? Outcome::equal
                                                       : Outcome::noisy;
  return {outcome, decision.pairs()};
}

Answer screening(const Comparison& comparison) {
  return replay(comparison, DecisionRule::make(kRivalAlpha, 0, 0.05, 60, DecisionRule::Unit::pairs));
}

Answer all_pairs(const Comparison& comparison) {
  DecisionRule rule = rule_under_test();
  rule.unit = DecisionRule::Unit::pairs;
  return replay(comparison, rule);
}

Answer mann_whitney_blocks(const Comparison& comparison) {
  const Times times = two_blocks(comparison);
  return of_medians(times, mann_whitney_p(times.baseline, times.candidate) < kRivalAlpha,
                    pairs_of(comparison));
}

Answer mann_whitney_interleaved(const Comparison& comparison) {
  const Times times = interleaved(comparison);
  return of_medians(times, mann_whitney_p(times.baseline, times.candidate) < kRivalAlpha,
                    pairs_of(comparison));
}

Answer peeking_t(const Comparison& comparison) {
  int n = 0;
  double sum = 0, squares = 0;
  for (const auto& launch : comparison.launches) {
    for (const TimedPair& pair : launch) {
      const double d = pair.log_ratio();
      ++n;
      sum += d;
      squares += d * d;
      if (n < kFirstLook) continue;
      const double variance = (squares - sum * sum / n) / (n - 1);
      if (variance <= 0) continue;
      const double t = sum / n / std::sqrt(variance / n);
      if (student_p(t, n - 1) < kRivalAlpha) return {t > 0 ? Outcome::faster : Outcome::slower, n};
    }
  }
  return {Outcome::noisy, n};
}

bool beyond_threshold(const Times& times) {
  return std::abs(std::log(median(times.baseline) / median(times.candidate))) > std::log1p(kThreshold);
}

Answer threshold_blocks(const Comparison& comparison) {
  const Times times = two_blocks(comparison);
  return of_medians(times, beyond_threshold(times), pairs_of(comparison));
}

Answer threshold_interleaved(const Comparison& comparison) {
  const Times times = interleaved(comparison);
  return of_medians(times, beyond_threshold(times), pairs_of(comparison));
}

}  // namespace

double mann_whitney_p(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<std::pair<double, int>> all;
  for (double v : a) all.emplace_back(v, 0);
  for (double v : b) all.emplace_back(v, 1);
  std::sort(all.begin(), all.end());
  const double n = static_cast<double>(a.size()), m = static_cast<double>(b.size()), total = n + m;
  if (n < 2 || m < 2) return 1;
  double ranks = 0, ties = 0;
  for (size_t i = 0; i < all.size();) {
    size_t end = i;
    while (end < all.size() && all[end].first == all[i].first) ++end;
    const double count = static_cast<double>(end - i), rank = static_cast<double>(i + end + 1) / 2;
    for (size_t k = i; k < end; ++k) ranks += all[k].second == 0 ? rank : 0;
    ties += count * count * count - count;
    i = end;
  }
  const double u = ranks - n * (n + 1) / 2;
  const double variance = n * m / 12 * (total + 1 - ties / (total * (total - 1)));
  if (variance <= 0) return 1;
  const double z = std::max(0.0, std::abs(u - n * m / 2) - 0.5) / std::sqrt(variance);
  return 2 * normal_cdf(-z);
}

double student_p(double t, double degrees_of_freedom) {
  return incomplete_beta(degrees_of_freedom / 2, 0.5, degrees_of_freedom / (degrees_of_freedom + t * t));
}

std::vector<Rule> all_rules() {
  return {{"ours, as decided (medians of launches)", as_decided},
          {"ours on single pairs", all_pairs},
          {"ours, screening (60 pairs)", screening},
          {"Mann-Whitney, two blocks", mann_whitney_blocks},
          {"Mann-Whitney, interleaved", mann_whitney_interleaved},
          {"t-test on pairs, a look after each", peeking_t},
          {"5 % between medians, two blocks", threshold_blocks},
          {"5 % between medians, interleaved", threshold_interleaved}};
}

}  // namespace ke
