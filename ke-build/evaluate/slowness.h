// SPDX-License-Identifier: MIT
// Is one side of many paired windows slow? What a program computes and what it waits for are told apart: on a
// busy machine a kernel waits for its core, several times in a row, and that is no property of the kernel.
#pragma once

#include "ke-build/base/decision.h"

#include <vector>

namespace ke {

/// What may be asked of one shape: `slow` when a call takes more than this factor times the baseline's time
/// plus this slack, which dispatch and set-up of an honest kernel may cost.
constexpr double kSlowElsewhere = 2;
constexpr double kSlackPerCall_s = 5e-6;
/// The same code reached by its linked name: only its place in memory differs, and no call has any slack.
constexpr double kSlowByName = 1.5;
/// Inputs of another style: good algorithms differ more in what they like.
constexpr double kSlowForValues = 4;

/// One window of one side: by the clock, and by the processor time of its threads.
struct WindowTime {
  double wall_s = 0, processor_s = 0;
};

class Slowness {
 public:
  /// `calls` in every window. With one thread no work is done outside its processor time.
  Slowness(int calls, bool one_thread, double factor = kSlowElsewhere, double slack_s = kSlackPerCall_s)
      : calls_(calls), factor_(factor), slack_s_(slack_s), one_thread_(one_thread) {}
  void add(const WindowTime& rival, const WindowTime& candidate);
  /// It computes too long: probability <= 0.001 where the median window is within the bounds above; with some
  /// windows in a row ten times beyond them at once.
  bool computes() const;
  /// It waits too long, in nearly every window: sleeping is not free. Error rate as above, where both sides
  /// are made to wait with the same probability.
  bool waits() const;
  bool found() const { return computes() || waits(); }
  /// Neither can be shown any more within the windows that anybody would make.
  bool fine() const;
  /// Median of candidate over rival in the windows that were too long.
  double ratio() const;

 private:
  double allowed_s(double rival_s) const;

  int calls_;
  double factor_, slack_s_;
  bool one_thread_;
  int far_ = 0;
  SignEProcess slow_, waiting_;
  std::vector<double> ratios_;
};

}  // namespace ke
