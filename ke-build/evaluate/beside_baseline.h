// SPDX-License-Identifier: MIT
// Many inputs whose expected outputs nobody has prepared: the kernel as it is says what comes out, for a
// fiftieth of what a full check costs, and the reference is asked only where the candidate says something
// plainly different. It finds what hangs on rare numbers, and on styles for which large shapes are too dear.
#pragma once

#include "ke-build/evaluate/judge_state.h"
#include "ke-build/evaluate/verify.h"

namespace ke {

/// Is `seen` so far from `usual` that roundings hardly explain it? One of them is finite and the other is
/// not, an integer differs, or a number by more than a hundredth of itself and a ten-thousandth of the
/// largest.
bool plainly_differ(const Expected& usual, const Expected& seen);

/// Draws some thousand inputs, at the announced shapes and at others, for kBeside_s at most. A finding is
/// always the full check's, on inputs on which the baseline passes it, and has come twice: among so many
/// inputs one that is at the edge of the bound is no surprise. ERRORS: sandbox; usage when the reference
/// fails.
Result<std::optional<Finding>> wrong_beside_baseline(JudgeState& state, const Program& candidate);
constexpr double kBeside_s = 2;

}  // namespace ke
