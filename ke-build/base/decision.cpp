// SPDX-License-Identifier: MIT
#include "ke-build/base/decision.h"

#include "ke-build/base/result.h"
#include "ke-build/base/stats.h"

#include <algorithm>
#include <array>
#include <cmath>

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

ConfidenceSequence::ConfidenceSequence(double alpha_per_side) : log_threshold_(-std::log(alpha_per_side)) {
  KE_CHECK(alpha_per_side > 0 && alpha_per_side < 1);
}

void ConfidenceSequence::add(double value) {
  KE_CHECK(!std::isnan(value));
  sorted_.insert(std::upper_bound(sorted_.begin(), sorted_.end(), value), value);
  const auto n = static_cast<int64_t>(sorted_.size());
  // E rises with wins and falls with losses, so the critical count never falls as n grows.
  while (critical_ <= n && SignEProcess::log_e_value(critical_, n - critical_) < log_threshold_) ++critical_;
  if (critical_ > n) return;
  // Every median below the critical-th largest value has at least that many wins against it; mirrored for the
  // other side.
  latest_ = {sorted_[static_cast<size_t>(n - critical_)], sorted_[static_cast<size_t>(critical_ - 1)]};
  best_ = {std::max(best_.low, latest_.low), std::min(best_.high, latest_.high)};
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
  while (SignEProcess::log_e_value(units, 0) < -std::log(alpha)) ++units;
  return units;
}

PairedDecision::PairedDecision(const DecisionRule& rule) : rule_(rule), sequence_(rule.alpha) {
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

void PairedDecision::add_unit(double value) {
  sequence_.add(value);
  if (verdict_ != Verdict::undecided || sequence_.contradictory()) return;
  const Interval now = sequence_.interval();
  if (now.low > rule_.faster_above) {
    verdict_ = Verdict::faster;
  } else if (now.high < rule_.slower_below) {
    verdict_ = Verdict::slower;
  } else if (now.low > rule_.equal_low && now.high < rule_.equal_high) {
    verdict_ = Verdict::equal;
  }
}

double PairedDecision::ratio() const {
  if (rule_.unit == DecisionRule::Unit::pairs) {
    return sequence_.size() == 0 ? 1 : std::exp(median(sequence_.sorted()));
  }
  std::vector<double> medians = block_medians_;
  if (!open_.empty()) medians.push_back(median(open_));
  return medians.empty() ? 1 : std::exp(median(std::move(medians)));
}

Interval PairedDecision::ratio_interval() const {
  const Interval logs = sequence_.interval();
  return {std::exp(logs.low), std::exp(logs.high)};
}

}  // namespace ke
