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

struct BesideBaseline {
  std::optional<Finding> finding;
  std::string left_out;  // where nothing could be said
};

/// Draws some thousand inputs, at the announced shapes and at others. A finding is always the full check's,
/// on inputs on which the baseline passes it, and either far beyond its bounds or seen twice: among so many
/// inputs one at the edge is no surprise. What ends the candidate ends it again in a process of its own.
/// ERRORS: those of the sandbox.
Result<BesideBaseline> wrong_beside_baseline(JudgeState& state, const Program& candidate, double seconds);
constexpr double kBeside_s = 2;  // what it takes, and a little more where something is suspect

}  // namespace ke
