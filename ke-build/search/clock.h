// SPDX-License-Identifier: MIT
// The budget as it runs out. A resumed session goes on with the time that it had left.
#pragma once

#include "ke-build/base/clock.h"
#include "ke-build/model/session.h"

namespace ke {

class BudgetClock {
 public:
  /// `elapsed_before_s` of the session, opening the judge included; `opening_s` of that was for opening it
  /// now.
  BudgetClock(const Budget& budget, double elapsed_before_s, double opening_s = 0);

  /// What confirming the candidate that leads now is expected to take; 0 where nothing leads or nothing is
  /// known. The reserve grows to that and a margin, but never beyond most of the budget: without screening
  /// there would be nothing to confirm.
  void expect_confirmation(double seconds);
  double expected_confirmation_s() const { return expected_s_; }

  double elapsed_s() const { return before_s_ + now_s() - start_s_; }
  double left_s() const;  // infinite without a cap
  /// Seconds before the reserve for confirming the winner begins; infinite without a cap.
  double screening_left_s() const;
  /// Evaluations that screening may still use, when `used` are spent; huge without a cap.
  int64_t screening_left(int64_t used) const;
  int64_t left(int64_t used) const;
  /// The same for device seconds; infinite without a cap.
  double screening_device_left_s(double used_s) const;
  double device_left_s(double used_s) const;
  /// How much of the screening is over, 0..1: the largest share of time, evaluations and device seconds.
  double share(int64_t used, double device_used_s = 0) const;
  /// Deadline of one evaluation: what is left, and never so long that one candidate could eat the session.
  Deadline evaluation_deadline() const;

 private:
  Budget budget_;
  double before_s_, start_s_;
  double usual_reserve_s_ = 0, reserve_s_ = 0, expected_s_ = 0, device_reserve_s_ = 0;
  int64_t reserve_ = 0;
};

}  // namespace ke
