// SPDX-License-Identifier: MIT
// Is it faster? Sequential, distribution-free tests on paired log-ratios that stay valid however often one
// looks.
//
// Which error rate holds under which assumption (docs/statistics.md has the derivations):
// - A pair is ln(baseline time / candidate time), both timed back to back in an order drawn by a fair, secret
// coin.
//   If log time = effect of the version + a disturbance that does not depend on the version, the coin alone
//   makes the sign of (pair - true effect) fair given the whole past, whatever the drift or autocorrelation
//   of the machine. Then P(`faster` although the median log-ratio is <= the margin, at any time) <= alpha,
//   and the same for `slower`.
// - `equal` is two one-sided tests: wrong with probability <= alpha when the effect lies outside the band.
// - A comparison of two equal versions is wrong in *either* direction with probability <= 2 alpha.
// - If the effect itself changes with the state of the machine (code layout, clock steps, one unlucky
// address), pairs of
//   one process launch share that state, and the statement holds only for the median over *blocks* (launches)
//   that are exchangeable. So pairs screen, block medians decide.
// - Nothing here protects against picking the best of many candidates: confirm the one winner on fresh data.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace ke {

struct Interval {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
};

/// E-process against H0: P(win | past) <= 1/2. E_n = mean over g in {0.55, 0.56, ..., 0.99} of
/// prod (2g)^W (2(1-g))^(1-W). Under H0 it is a non-negative supermartingale that starts at 1, so by Ville
/// (1939) P(E_n >= 1/alpha for some n) <= alpha. A tie is a fair coin, averaged out: a factor of one.
class SignEProcess {
 public:
  void add(bool win) { win ? ++wins_ : ++losses_; }
  void add_tie() { ++ties_; }
  double log_value() const { return log_e_value(wins_, losses_); }
  /// True while E_n >= 1/alpha. Whoever stops at the first rejection has error rate <= alpha.
  bool rejects(double alpha) const;
  int64_t wins() const { return wins_; }
  int64_t losses() const { return losses_; }
  int64_t ties() const { return ties_; }

  /// ln E as a function of the counts alone.
  static double log_e_value(int64_t wins, int64_t losses);

 private:
  int64_t wins_ = 0, losses_ = 0, ties_ = 0;
};

/// Confidence sequence for the median: all medians that neither one-sided sign e-process has ever rejected.
/// Each side errs with probability <= alpha over the whole sequence, so coverage at all times at once is >= 1
/// - 2 alpha. Adding costs O(n) memory moves and O(1) evaluations of E.
class ConfidenceSequence {
 public:
  explicit ConfidenceSequence(double alpha_per_side);
  void add(double value);
  /// Infinite ends until enough values are there.
  Interval interval() const { return contradictory() ? latest_ : best_; }
  /// The rejections so far leave no median at all (probability <= 2 alpha if there is a common one): the
  /// effect moved while it was measured. interval() is then what all values together say now, and no basis
  /// for a decision.
  bool contradictory() const { return best_.low > best_.high; }
  size_t size() const { return sorted_.size(); }
  const std::vector<double>& sorted() const { return sorted_; }

 private:
  double log_threshold_;
  int64_t critical_ = 0;  // wins out of size() at which H0 falls
  std::vector<double> sorted_;
  Interval latest_, best_;  // at this length; the intersection over all lengths
};

enum class Verdict { undecided, faster, slower, equal };
const char* name_of(Verdict verdict);

/// Thresholds are on the log-ratio ln(baseline/candidate): positive is faster.
struct DecisionRule {
  enum class Unit { pairs, block_medians };

  double alpha = 0.01;                   // of each answer
  double faster_above = 0;               // `faster` when a median <= this is rejected
  double slower_below = 0;               // `slower` when a median >= this is rejected
  double equal_low = 0, equal_high = 0;  // `equal` when the confidence sequence lies strictly inside
  int max_pairs = 2000;
  Unit unit = Unit::pairs;

  /// margin: gain that `faster` must exceed (0.02 is 2 %); noninferiority: loss that `equal` excludes.
  /// faster_above = ln(1 + margin), slower_below = -ln(1 + min(margin, noninferiority)),
  /// equal within (-ln(1 + noninferiority), ln(1 + max(margin, noninferiority))).
  static DecisionRule make(double alpha, double margin, double noninferiority, int max_pairs, Unit unit);
};

/// Fewest units that must all win before `faster` is possible at all: 9 for alpha 0.01, 13 for 0.001.
int minimum_units(double alpha);

/// Feeds on pairs and answers at any time; the first answer other than undecided is final.
/// With unit block_medians a block counts once it is closed: by a pair with another block id, or by
/// close_block().
class PairedDecision {
 public:
  explicit PairedDecision(const DecisionRule& rule);

  /// log_ratio = ln(baseline seconds / candidate seconds) of one pair; not finite: the pair is dropped and
  /// counted.
  Verdict add(double log_ratio, int64_t block);
  Verdict close_block();

  Verdict verdict() const { return verdict_; }
  /// The effect moved while it was measured; undecided for good unless a verdict was already there.
  bool contradictory() const { return sequence_.contradictory(); }
  /// Undecided and max_pairs reached: the honest answer is "inconclusive".
  bool exhausted() const { return verdict_ == Verdict::undecided && pairs() >= rule_.max_pairs; }
  /// Median of the units as a ratio of times, > 1 is faster; 1 while empty. Block medians include the open
  /// block.
  double ratio() const;
  /// Interval of the ratio, valid under peeking, coverage confidence(); a verdict always agrees with it.
  Interval ratio_interval() const;
  double confidence() const { return 1 - 2 * rule_.alpha; }
  /// What is already excluded, whatever the verdict: slower than the lower end of the band, faster than its
  /// upper end.
  bool noninferior() const { return sequence_.interval().low > rule_.equal_low; }
  bool not_faster() const { return sequence_.interval().high < rule_.equal_high; }

  int pairs() const { return pairs_; }
  int dropped() const { return dropped_; }
  int blocks() const { return static_cast<int>(block_medians_.size()) + (open_.empty() ? 0 : 1); }
  /// Of closed blocks, as log-ratios.
  const std::vector<double>& block_medians() const { return block_medians_; }

 private:
  void add_unit(double value);

  DecisionRule rule_;
  ConfidenceSequence sequence_;
  Verdict verdict_ = Verdict::undecided;
  int pairs_ = 0, dropped_ = 0;
  int64_t block_ = 0;
  std::vector<double> open_;
  std::vector<double> block_medians_;
};

}  // namespace ke
