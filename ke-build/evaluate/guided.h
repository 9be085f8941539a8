// SPDX-License-Identifier: MIT
// Further inputs for one candidate, made from what its own code compares: sizes, elements and bits that take
// it where no drawn input has. What it answers there is checked as everywhere.
#pragma once

#include "ke-build/evaluate/judge_state.h"

#include <optional>

namespace ke {

/// Runs an instrumented build of the subject on samples of `exam`, then on inputs made after its comparisons,
/// and checks `program` on those that come to something new (the instrumented build, where the program is a
/// pure kernel), and its sanitizer build. Nothing where all is right, where the instrumented build cannot be
/// made, or where the repository's own kernel fails on the same inputs. As much as a second or two allow.
/// ERRORS: sandbox, tool.
Result<std::optional<Finding>> fails_where_guided(JudgeState& state, const Subject& subject,
                                                  const Program& program, const Exam& exam, Ledger& ledger);

}  // namespace ke
