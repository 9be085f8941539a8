// SPDX-License-Identifier: MIT
// What a candidate does that its times by themselves do not show: each suspicion is a sign test against what
// an honest kernel does by chance.
#pragma once

#include "ke-build/base/decision.h"
#include "ke-build/evaluate/verify.h"

#include <optional>

namespace ke {

struct Suspicions {
  SignEProcess waiting;  // of the candidate, against equal waits
  SignEProcess hidden;   // gains by the clock without gains of processor time, against as many with them
  SignEProcess napping;  // launches that gave their core away more often than they had batches
  SignEProcess dearer;   // launches whose calls took longer than the baseline's, in sum
  bool unlucky = false;  // processes of its own, each for one batch, took longer than the baseline's in sum

  /// What stands against a candidate, which its times call faster or not.
  std::optional<Finding> finding(bool faster) const;
};

}  // namespace ke
