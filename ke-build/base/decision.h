// SPDX-License-Identifier: MIT
// Is it faster? Sequential tests on paired log-ratios that stay valid however often one looks and whatever
// the distribution is.
//
// Which error rate holds under which assumption (docs/statistics.md has the derivations):
// - A pair is ln(baseline time / candidate time), both timed back to back in an order drawn by a fair, secret
//   coin; a block is one launch of both processes, in an order drawn by another. If log time = effect of the
//   version + a disturbance that does not depend on the version, the coins alone make every value symmetric
//   about the effect given the whole past, whatever the drift or autocorrelation of the machine.
// - A comparison of two equal versions is called faster or slower, at any time, with probability <= alpha:
//   each direction has alpha / 2. The same for `faster` where the effect is at most the margin. A claim needs
//   the signs on its side as well (their e-process at alpha): few values with an unlucky scale make no claim.
// - `equal` is two one-sided tests: wrong with probability <= alpha / 2 when the effect lies outside the
//   band.
// - If the effect itself changes with the state of the machine (code layout, clock steps, one unlucky
//   address), pairs of one launch share that state, and the statement holds only for *blocks*, which are
//   exchangeable. So pairs screen, block medians decide.
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
  /// A win above 0, a loss below, a tie at 0.
  void add_difference(double value) { value == 0 ? add_tie() : add(value > 0); }
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

/// E-process against H0: the centre of the values, given the past, is at most (`above`) or at least a
/// threshold t. E_n = mean over the bets l in {0.1, 0.2, ..., 0.9, 0.98} of prod (1 + l g(value - t)), g(x) =
/// clip(x / scale, -1, 1), with a scale that only the past decides (0: the sign of x). "Centre" is Huber's:
/// where E g = 0; for symmetric values it is the median. g lies in [-1, 1], so under H0 each factor has
/// conditional mean <= 1 and Ville's inequality holds as above, without any assumption on the distribution.
/// The size of a value counts up to one scale, which needs a third fewer values than signs alone, and an
/// outlier counts no more than that.
class CentreEProcess {
 public:
  CentreEProcess(double threshold, bool above, double alpha);
  void add(double value, double scale);
  double log_value() const;
  /// It has been >= 1 / alpha at least once.
  bool rejected() const { return rejected_; }

 private:
  static constexpr size_t kBets = 10;
  double threshold_, sign_;
  double limit_;  // of the summed wealth
  double wealth_[kBets];
  double log_unit_ = 0;  // both are counted in units of exp(log_unit_)
  bool rejected_ = false;
};

/// Confidence sequence for the centre: all values that neither one-sided e-process has ever rejected. Each
/// side errs with probability <= alpha over the whole sequence, so coverage at all times at once is >= 1 - 2
/// alpha.
class ConfidenceSequence {
 public:
  explicit ConfidenceSequence(double alpha_per_side);
  /// Returns the scale of this value: 1.4826 times the median absolute deviation of the values before it, 0
  /// for the first three.
  double add(double value);
  /// Infinite ends until enough values are there. Costs a hundred passes over all values.
  Interval interval() const;
  /// The rejections so far leave no centre at all (probability <= 2 alpha if there is a common one): the
  /// effect moved while it was measured. interval() is then what all values together say now, and no basis
  /// for a decision.
  bool contradictory() const;
  size_t size() const { return sorted_.size(); }
  const std::vector<double>& sorted() const { return sorted_; }

 private:
  Interval excluded_by(bool ever) const;
  double end_of(bool above, bool ever) const;

  double alpha_;
  std::vector<double> values_, scales_, sorted_;
};

enum class Verdict { undecided, faster, slower, equal };
const char* name_of(Verdict verdict);

/// Thresholds are on the log-ratio ln(baseline/candidate): positive is faster.
struct DecisionRule {
  enum class Unit { pairs, block_medians };

  double alpha = 0.01;                   // of calling equal versions different, in either direction
  double faster_above = 0;               // `faster` when a centre <= this is rejected
  double slower_below = 0;               // `slower` when a centre >= this is rejected
  double equal_low = 0, equal_high = 0;  // `equal` when the confidence sequence lies strictly inside
  int max_pairs = 2000;
  Unit unit = Unit::pairs;

  /// margin: gain that `faster` must exceed (0.02 is 2 %); noninferiority: loss that `equal` excludes.
  /// faster_above = ln(1 + margin), slower_below = -ln(1 + min(margin, noninferiority)),
  /// equal within (-ln(1 + noninferiority), ln(1 + max(margin, noninferiority))).
  static DecisionRule make(double alpha, double margin, double noninferiority, int max_pairs, Unit unit);
};

/// Fewest units that must all win before `faster` is possible at all: 10 for alpha 0.01, 14 for 0.001.
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
  bool contradictory() const { return moved_ || sequence_.contradictory(); }
  /// Undecided and max_pairs reached: the honest answer is "inconclusive".
  bool exhausted() const { return verdict_ == Verdict::undecided && pairs() >= rule_.max_pairs; }
  /// Median of the units as a ratio of times, > 1 is faster, moved into the interval should it lie outside; 1
  /// while empty. Block medians include the open block.
  double ratio() const;
  /// Interval of the ratio, valid under peeking, coverage confidence(); a verdict always agrees with it.
  Interval ratio_interval() const;
  double confidence() const { return 1 - rule_.alpha; }
  /// What is already excluded, whatever the verdict: slower than the lower end of the band, faster than its
  /// upper end.
  bool noninferior() const { return above_low_.rejected() && !contradictory(); }
  bool not_faster() const { return below_high_.rejected() && !contradictory(); }

  int pairs() const { return pairs_; }
  int dropped() const { return dropped_; }
  int blocks() const { return static_cast<int>(block_medians_.size()) + (open_.empty() ? 0 : 1); }
  /// Of closed blocks, as log-ratios.
  const std::vector<double>& block_medians() const { return block_medians_; }

 private:
  void add_unit(double value);
  Verdict claim() const;

  DecisionRule rule_;
  ConfidenceSequence sequence_;
  CentreEProcess faster_, slower_, above_low_, below_high_;
  SignEProcess above_margin_, below_loss_;  // a claim holds for the median too, not for the centre alone
  bool moved_ = false;
  Verdict verdict_ = Verdict::undecided;
  int pairs_ = 0, dropped_ = 0;
  int64_t block_ = 0;
  std::vector<double> open_;
  std::vector<double> block_medians_;
};

}  // namespace ke
