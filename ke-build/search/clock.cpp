// SPDX-License-Identifier: MIT
#include "ke-build/search/clock.h"

#include <algorithm>
#include <limits>

namespace ke {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();
constexpr double kUncapped_s = 600;  // deadline of one evaluation when the session has none
constexpr double kReserveShare = 0.3;
constexpr double kExpectedMargin = 1.25;  // builds and measurements take longer beside other processes
constexpr double kMostReserved = 0.7;     // of the budget, whatever is expected

// Confirming means fresh inputs, sanitizer builds and measurements on every workload: seconds, whatever the
// budget, and about three times what opening the judge took on this machine as it is now.
double reserve_of(double seconds, double opening_s) {
  return std::min(std::clamp(std::max(kReserveShare * seconds, 3 * opening_s), 18.0, 120.0), 0.5 * seconds);
}

// A decision for each of three finalists and one confirmation, as far as the budget can pay for them.
int64_t reserve_of(int64_t evaluations) {
  if (evaluations >= 20) return 4;
  if (evaluations >= 6) return 2;
  return evaluations >= 2 ? 1 : 0;
}

}  // namespace

BudgetClock::BudgetClock(const Budget& budget, double elapsed_before_s, double opening_s)
    : budget_(budget), before_s_(elapsed_before_s), start_s_(now_s()) {
  if (budget.seconds > 0) usual_reserve_s_ = reserve_s_ = reserve_of(budget.seconds, opening_s);
  device_reserve_s_ = kReserveShare * budget.device_s;
  if (budget.evaluations > 0) reserve_ = reserve_of(budget.evaluations);
}

void BudgetClock::expect_confirmation(double seconds) {
  expected_s_ = seconds;
  if (budget_.seconds <= 0) return;
  reserve_s_ =
      std::max(usual_reserve_s_, std::min(kExpectedMargin * seconds, kMostReserved * budget_.seconds));
}

double BudgetClock::left_s() const { return budget_.seconds > 0 ? budget_.seconds - elapsed_s() : kInfinite; }
double BudgetClock::screening_left_s() const { return left_s() - reserve_s_; }

int64_t BudgetClock::left(int64_t used) const {
  return budget_.evaluations > 0 ? budget_.evaluations - used : std::numeric_limits<int64_t>::max();
}

int64_t BudgetClock::screening_left(int64_t used) const {
  return budget_.evaluations > 0 ? left(used) - reserve_ : left(used);
}

double BudgetClock::device_left_s(double used_s) const {
  return budget_.device_s > 0 ? budget_.device_s - used_s : kInfinite;
}

double BudgetClock::screening_device_left_s(double used_s) const {
  return device_left_s(used_s) - device_reserve_s_;
}

double BudgetClock::share(int64_t used, double device_used_s) const {
  double share = 0;
  if (budget_.seconds > 0) share = elapsed_s() / (budget_.seconds - reserve_s_);
  if (budget_.evaluations > reserve_) {
    share = std::max(share, static_cast<double>(used) / static_cast<double>(budget_.evaluations - reserve_));
  }
  if (budget_.device_s > 0) share = std::max(share, device_used_s / (budget_.device_s - device_reserve_s_));
  return std::clamp(share, 0.0, 1.0);
}

Deadline BudgetClock::evaluation_deadline() const {
  if (budget_.seconds <= 0) return Deadline(kUncapped_s);
  const double longest_s = std::max(10.0, 0.3 * budget_.seconds);
  return Deadline(std::max(0.0, std::min(left_s(), longest_s)));
}

}  // namespace ke
