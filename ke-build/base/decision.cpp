// SPDX-License-Identifier: MIT
#include "ke-build/base/decision.h"

#include "ke-build/base/result.h"
#include "ke-build/base/stats.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>

namespace ke {

namespace {

constexpr int kGrid = 45;  // g = 0.55, 0.56, ..., 0.99

struct Factors {
  std::array<double, kGrid> win, loss;
  Factors() {
    for (int i = 0; i < kGrid; ++i) {
      const double g = 0.55 + 0.01 * i;
      win[static_cast<size_t>(i)] = std::log(2 * g);
      loss[static_cast<size_t>(i)] = std::log(2 * (1 - g));
    }
  }
};

const Factors& factors() {
  static const Factors table;
  return table;
}

}  // namespace

double SignEProcess::log_e_value(int64_t wins, int64_t losses) {
  const auto w = static_cast<double>(wins), l = static_cast<double>(losses);
  std::array<double, kGrid> terms;
  double largest = -std::numeric_limits<double>::infinity();
  for (size_t i = 0; i < kGrid; ++i) {
    terms[i] = w * factors().win[i] + l * factors().loss[i];
    largest = std::max(largest, terms[i]);
  }
  double sum = 0;
  for (double term : terms) sum += std::exp(term - largest);
  return largest + std::log(sum / kGrid);
}

bool SignEProcess::rejects(double alpha) const { return log_value() >= -std::log(alpha); }

CentreEProcess::CentreEProcess(double threshold, bool above, double alpha)
    : threshold_(threshold), sign_(above ? 1 : -1), limit_(1 / alpha) {
  KE_CHECK(alpha > 0 && alpha < 1);
  std::fill(std::begin(wealth_), std::end(wealth_), 1.0 / kBets);
}

void CentreEProcess::add(double value, double scale) {
  constexpr double kBet[kBets] = {0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.98};
  const double distance = sign_ * (value - threshold_);
  const double score = scale > 0 ? std::clamp(distance / scale, -1.0, 1.0)
                                 : static_cast<double>(distance > 0) - static_cast<double>(distance < 0);
  double sum = 0;
  for (size_t i = 0; i < kBets; ++i) sum += wealth_[i] *= 1 + kBet[i] * score;
  rejected_ = rejected_ || sum >= limit_;
  if (sum > 1e100 || sum < 1e-100) {
    for (double& wealth : wealth_) wealth /= sum;
    limit_ /= sum;
    log_unit_ += std::log(sum);
  }
}

double CentreEProcess::log_value() const {
  double sum = 0;
  for (double wealth : wealth_) sum += wealth;
  return log_unit_ + std::log(sum);
}

ConfidenceSequence::ConfidenceSequence(double alpha_per_side) : alpha_(alpha_per_side) {
  KE_CHECK(alpha_per_side > 0 && alpha_per_side < 1);
}

double ConfidenceSequence::add(double value) {
  KE_CHECK(!std::isnan(value));
  const double scale = sorted_.size() < 3 ? 0 : sorted_mad(sorted_);
  values_.push_back(value);
  scales_.push_back(scale);
  sorted_.insert(std::upper_bound(sorted_.begin(), sorted_.end(), value), value);
  return scale;
}

// E falls as its threshold moves past the values, and so does its maximum over time: halving finds the last
// threshold that is rejected.
double ConfidenceSequence::end_of(bool above, bool ever) const {
  const double sign = above ? 1 : -1;
  const auto rejects = [&](double threshold) {
    CentreEProcess process(threshold, above, alpha_);
    for (size_t i = 0; i < values_.size(); ++i) process.add(values_[i], scales_[i]);
    return ever ? process.rejected() : process.log_value() >= -std::log(alpha_);
  };
  const double reach = 1e-9 + *std::max_element(scales_.begin(), scales_.end());
  double inside = (above ? sorted_.front() : sorted_.back()) - sign * reach;
  double outside = (above ? sorted_.back() : sorted_.front()) + sign * reach;
  if (!rejects(inside)) return -sign * std::numeric_limits<double>::infinity();
  for (int i = 0; i < 50; ++i) {
    const double middle = (inside + outside) / 2;
    (rejects(middle) ? inside : outside) = middle;
  }
  return inside;
}

Interval ConfidenceSequence::excluded_by(bool ever) const {
  if (values_.empty()) return {};
  return {end_of(true, ever), end_of(false, ever)};
}

Interval ConfidenceSequence::interval() const {
  const Interval best = excluded_by(true);
  return best.low > best.high ? excluded_by(false) : best;
}

bool ConfidenceSequence::contradictory() const {
  const Interval best = excluded_by(true);
  return best.low > best.high;
}

const char* name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::undecided:
      return "undecided";
    case Verdict::faster:
      return "faster";
    case Verdict::slower:
      return "slower";
    case Verdict::equal:
      return "equal";
  }
  return "?";
}

DecisionRule DecisionRule::make(double alpha, double margin, double noninferiority, int max_pairs,
                                Unit unit) {
  DecisionRule rule;
  rule.alpha = alpha;
  rule.faster_above = std::log1p(margin);
  rule.slower_below = -std::log1p(std::min(margin, noninferiority));
  rule.equal_low = -std::log1p(noninferiority);
  rule.equal_high = std::log1p(std::max(margin, noninferiority));
  rule.max_pairs = max_pairs;
  rule.unit = unit;
  return rule;
}

int minimum_units(double alpha) {
  int units = 1;
  CentreEProcess centre(0, true, alpha / 2);
  for (centre.add(1, 0); !centre.rejected() || SignEProcess::log_e_value(units, 0) < -std::log(alpha);
       centre.add(1, 0))
    ++units;
  return units;
}

PairedDecision::PairedDecision(const DecisionRule& rule)
    : rule_(rule),
      sequence_(rule.alpha / 2),
      faster_(rule.faster_above, true, rule.alpha / 2),
      slower_(rule.slower_below, false, rule.alpha / 2),
      above_low_(rule.equal_low, true, rule.alpha / 2),
      below_high_(rule.equal_high, false, rule.alpha / 2) {
  KE_CHECK(rule.slower_below <= rule.faster_above);
}

Verdict PairedDecision::add(double log_ratio, int64_t block) {
  if (!open_.empty() && block != block_) close_block();
  if (!std::isfinite(log_ratio)) {
    ++dropped_;
    return verdict_;
  }
  block_ = block;
  open_.push_back(log_ratio);
  ++pairs_;
  if (rule_.unit == DecisionRule::Unit::pairs) add_unit(log_ratio);
  return verdict_;
}

Verdict PairedDecision::close_block() {
  if (open_.empty()) return verdict_;
  const double middle = median(std::move(open_));
  open_.clear();
  block_medians_.push_back(middle);
  if (rule_.unit == DecisionRule::Unit::block_medians) add_unit(middle);
  return verdict_;
}

Verdict PairedDecision::claim() const {
  if (faster_.rejected() && above_margin_.rejects(rule_.alpha)) return Verdict::faster;
  if (slower_.rejected() && below_loss_.rejects(rule_.alpha)) return Verdict::slower;
  return above_low_.rejected() && below_high_.rejected() ? Verdict::equal : Verdict::undecided;
}

void PairedDecision::add_unit(double value) {
  const double scale = sequence_.add(value);
  for (CentreEProcess* process : {&faster_, &slower_, &above_low_, &below_high_}) process->add(value, scale);
  above_margin_.add_difference(value - rule_.faster_above);
  below_loss_.add_difference(rule_.slower_below - value);
  if (verdict_ != Verdict::undecided || moved_) return;
  const Verdict seen = claim();
  if (seen == Verdict::undecided) return;
  moved_ = sequence_.contradictory();
  if (!moved_) verdict_ = seen;
}

double PairedDecision::ratio() const {
  std::vector<double> units = sequence_.sorted();
  if (rule_.unit == DecisionRule::Unit::block_medians && !open_.empty()) units.push_back(median(open_));
  if (units.empty()) return 1;
  const double middle = median(std::move(units));
  const Interval logs = sequence_.interval();
  return std::exp(std::clamp(middle, logs.low, logs.high));
}

Interval PairedDecision::ratio_interval() const {
  const Interval logs = sequence_.interval();
  return {std::exp(logs.low), std::exp(logs.high)};
}

}  // namespace ke
