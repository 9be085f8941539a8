// SPDX-License-Identifier: MIT
// Drawing secret data of which the baseline itself is right: what it gets wrong in its own precision (squares
// of subnormals, a sum that cancels) is no evidence against a candidate.
#pragma once

#include "ke-build/base/clock.h"
#include "ke-build/evaluate/judge_state.h"

namespace ke {

/// Draws state.exam and learns on it what the baseline may do; for Purpose::measure also how long its calls
/// take. A finding is one of the baseline that cannot be left out. ERRORS: those of the sandbox, usage.
Result<std::optional<Finding>> settle_exam(JudgeState& state, Purpose purpose, Random& random);

/// Fresh secret data of the same plan as `state.exam`, and what is dear as far as there is time; adds to
/// state.ledger.check_s. ERRORS: as settle_exam.
Result<Exam> draw_exam(JudgeState& state, Random& random, const Deadline& deadline);

/// The workloads of that alone.
Result<Exam> draw_workloads(JudgeState& state, Random& random);

/// Seconds of that for what is dear, of so many that are left.
double thorough_s(double left_s);

/// What to tell the owner whose kernel as it is shows such a finding.
Error disagreement(const JudgeState& state, const Finding& finding);

}  // namespace ke
