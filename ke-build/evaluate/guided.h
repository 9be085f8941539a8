// SPDX-License-Identifier: MIT
// Further inputs for one candidate, made from what its own code compares: sizes, elements and bits that take
// it where no drawn input has. What it answers there is checked as everywhere.
#pragma once

#include "ke-build/evaluate/coverage.h"
#include "ke-build/evaluate/judge_state.h"

#include <optional>

namespace ke {

/// Seconds that the search for such inputs may take.
double guided_s(const EvaluateOptions& options);

struct Guided {
  std::optional<Finding> finding;
  std::string left_out;                 // why there were no such inputs; empty where there were
  std::optional<Covered> covered = {};  // where there was no finding and the time was enough
};

/// Runs an instrumented build of the subject on samples of `exam`, then on inputs made after its comparisons.
/// Those that come to something new are given to `program` (to the instrumented build, where that is a pure
/// kernel) and to the sanitizer build. No finding where all is right, where the repository's own kernel fails
/// on the same inputs, or where its compiler knows no such instrumentation. ERRORS: sandbox, tool.
Result<Guided> fails_where_guided(JudgeState& state, const Subject& subject, const Program& program,
                                  const Exam& exam, const Deadline& deadline, Ledger& ledger);

}  // namespace ke
