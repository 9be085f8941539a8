// SPDX-License-Identifier: MIT
#include "error_rates.h"

#include "ke-build/base/files.h"
#include "ke-build/base/log.h"
#include "ke-build/base/machine.h"
#include "ke-build/base/stats.h"
#include "ke-build/base/text.h"
#include "ke-build/evaluate/noise_kernels.h"
#include "rivals.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <optional>

namespace ke {
namespace {

struct Goal {
  int percent;  // planted
  int trials;
};
constexpr int kSampleFormat = 2;  // 1: claims did not need the sign test
constexpr Goal kGoals[] = {{0, 2000}, {2, 200}, {5, 200}};

// Samples of another machine, of other kernels or of a rule with other limits are not mixed.
std::string sample_file(const std::string& state_dir) {
  const DecisionRule rule = rule_under_test();
  std::string key = fmt::format("{} {} {} {} {}", machine_name(), rule.alpha, rule.equal_high, rule.max_pairs,
                                kSampleFormat);
  for (const std::string& kernel : noise_kernels()) key += noise_subject(kernel, 0).candidate.source;
  return join(state_dir, "comparisons-" + short_hash(key) + ".jsonl");
}

Result<std::vector<Comparison>> kept(const std::string& path) {
  std::vector<Comparison> comparisons;
  if (!exists(path)) return comparisons;
  KE_TRY(const std::string text, read_file(path));
  // A line without an end is what a kill left of the last one.
  for (size_t at = 0, end; (end = text.find('\n', at)) != std::string::npos; at = end + 1) {
    if (end == at) continue;
    const auto line = parse_json(std::string_view(text).substr(at, end - at), path);
    if (!line) continue;
    KE_TRY(Comparison comparison, comparison_from(*line, path));
    comparisons.push_back(std::move(comparison));
  }
  return comparisons;
}

Result<> keep(const std::string& path, const Comparison& comparison) {
  if (exists(path)) {
    KE_TRY(const std::string text, read_file(path));
    if (!text.empty() && text.back() != '\n') KE_DO(append_line(path, ""));
  }
  return append_line(path, to_line(to_json(comparison)));
}

using Counts = std::map<int, std::map<std::string, int>>;  // percent, kernel

// The trial that is furthest behind its goal: whenever one stops, all goals are equally near.
std::optional<Trial> next_trial(const Counts& made) {
  std::optional<Trial> best;
  double behind = 1;
  for (const Goal& goal : kGoals) {
    int total = 0;
    std::string fewest;
    int least = 0;
    for (const std::string& kernel : noise_kernels()) {
      const auto by_kernel = made.find(goal.percent);
      const int count =
          by_kernel == made.end() || !by_kernel->second.contains(kernel) ? 0 : by_kernel->second.at(kernel);
      total += count;
      if (fewest.empty() || count < least) {
        fewest = kernel;
        least = count;
      }
    }
    const double share = static_cast<double>(total) / goal.trials;
    if (share < behind) {
      behind = share;
      best = Trial{fewest, goal.percent};
    }
  }
  return best;
}

struct Tally {
  int trials = 0, faster = 0, slower = 0, equal = 0, other = 0;
  std::vector<double> pairs, seconds;  // of those called faster
  void add(const Comparison& comparison, const Answer& answer) {
    ++trials;
    faster += answer.outcome == Outcome::faster;
    slower += answer.outcome == Outcome::slower;
    equal += answer.outcome == Outcome::equal;
    other += answer.outcome != Outcome::faster && answer.outcome != Outcome::slower &&
             answer.outcome != Outcome::equal && answer.outcome != Outcome::noisy;
    if (answer.outcome != Outcome::faster) return;
    size_t all = 0;
    for (const auto& launch : comparison.launches) all += launch.size();
    pairs.push_back(answer.pairs);
    seconds.push_back(comparison.seconds * answer.pairs / static_cast<double>(std::max<size_t>(1, all)));
  }
};

std::string share_of(int count, int trials) {
  if (trials == 0) return "–";
  const Interval bound = clopper_pearson(count, trials, 0.95);
  return fmt::format("{} of {}: {:.2f} % [{:.2f}, {:.2f}]", count, trials, 100.0 * count / trials,
                     100 * bound.low, 100 * bound.high);
}

std::string found_in(const Tally& tally) {
  if (tally.trials == 0) return "–";
  const Interval bound = clopper_pearson(tally.faster, tally.trials, 0.95);
  std::string text = fmt::format("{} of {}: {:.1f} % [{:.1f}, {:.1f}]", tally.faster, tally.trials,
                                 100.0 * tally.faster / tally.trials, 100 * bound.low, 100 * bound.high);
  if (!tally.pairs.empty())
    text += fmt::format("; {:.0f} pairs, {:.2f} s", median(tally.pairs), median(tally.seconds));
  return text;
}

std::string rule_table(const std::vector<Comparison>& comparisons) {
  std::string text =
      "| rule | equal versions called faster or slower | called equal | inconclusive | 2 % faster, found | 5 "
      "% "
      "faster, found |\n|---|---|---|---|---|---|\n";
  for (const Rule& rule : all_rules()) {
    std::map<int, Tally> tallies;
    for (const Comparison& comparison : comparisons)
      tallies[comparison.trial.percent].add(comparison, rule.judge(comparison));
    const Tally& same = tallies[0];
    const int wrong = same.faster + same.slower, open = same.trials - wrong - same.equal - same.other;
    text += fmt::format("| {} | {} | {} | {} | {} | {} |\n", rule.name, share_of(wrong, same.trials),
                        same.equal, open, found_in(tallies[2]), found_in(tallies[5]));
  }
  return text;
}

std::string kernel_table(const std::vector<Comparison>& comparisons) {
  std::string text =
      "| kernel | planted | trials | faster | slower | equal | inconclusive | failed | spread of launches | "
      "median "
      "seconds, all | timed |\n|---|---|---|---|---|---|---|---|---|---|---|\n";
  for (const std::string& kernel : noise_kernels()) {
    for (const Goal& goal : kGoals) {
      Tally tally;
      std::vector<double> all_s, timed, spreads;
      for (const Comparison& comparison : comparisons) {
        if (comparison.trial.kernel != kernel || comparison.trial.percent != goal.percent) continue;
        std::vector<double> medians;
        for (const auto& launch : comparison.launches) {
          std::vector<double> ratios;
          for (const TimedPair& pair : launch) ratios.push_back(pair.log_ratio());
          if (!ratios.empty()) medians.push_back(median(std::move(ratios)));
        }
        if (medians.size() > 2) spreads.push_back(mad(medians));
        tally.add(comparison, {comparison.verdict, 0});
        all_s.push_back(comparison.seconds);
        timed.push_back(comparison.timed_s / comparison.seconds);
      }
      if (tally.trials == 0) continue;
      text += fmt::format("| {} | {} % | {} | {} | {} | {} | {} | {} | {:.2f} % | {:.2f} | {:.0f} % |\n",
                          kernel, goal.percent, tally.trials, tally.faster, tally.slower, tally.equal,
                          tally.trials - tally.faster - tally.slower - tally.equal - tally.other, tally.other,
                          spreads.empty() ? 0 : 100 * median(spreads), median(all_s), 100 * median(timed));
    }
  }
  return text;
}

}  // namespace

Result<> collect_comparisons(const std::string& state_dir, double seconds) {
  const std::string path = sample_file(state_dir);
  KE_TRY(const std::vector<Comparison> before, kept(path));
  Counts made;
  for (const Comparison& comparison : before) ++made[comparison.trial.percent][comparison.trial.kernel];
  Arena arena(join(state_dir, "judges"));
  const Deadline deadline(seconds);
  int done = 0;
  while (!deadline.passed()) {
    const std::optional<Trial> trial = next_trial(made);
    if (!trial) break;
    KE_TRY(const Comparison comparison, arena.compare(*trial));
    KE_DO(keep(path, comparison));
    ++made[trial->percent][trial->kernel];
    if (++done % 50 == 0) log_progress(fmt::format("{} comparisons, {:.0f} s left", done, deadline.left_s()));
  }
  return ok();
}

Result<std::string> error_rate_tables(const std::string& state_dir) {
  KE_TRY(const std::vector<Comparison> comparisons, kept(sample_file(state_dir)));
  if (comparisons.empty()) return std::string("no comparisons are kept for this machine and this rule\n");
  const DecisionRule rule = rule_under_test();
  std::vector<double> load;
  for (const Comparison& comparison : comparisons) load.push_back(comparison.load);
  return fmt::format(
             "{} comparisons on {}; alpha {:.0f} %, at most {} pairs; load average {:.1f} (median)\n"
             "Intervals: Clopper-Pearson, 95 %\n\n",
             comparisons.size(), machine_name(), 100 * rule.alpha, rule.max_pairs, median(load)) +
         rule_table(comparisons) + "\n" + kernel_table(comparisons);
}

}  // namespace ke
