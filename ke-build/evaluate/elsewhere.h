// SPDX-License-Identifier: MIT
// Shapes that nobody announced are timed coarsely: a candidate that pays for its speed with other shapes is
// found there.
#pragma once

#include "ke-build/evaluate/bench.h"

namespace ke {

/// What may be asked of one shape: `slow` when a call takes more than this factor times the baseline's time
/// plus this slack, which dispatch and set-up of an honest kernel may cost.
constexpr double kSlowElsewhere = 2;
constexpr double kSlackPerCall_s = 5e-6;

/// Baseline and candidate in turns, in random order, on the same inputs of every pool; all outputs of the
/// candidate are checked. A finding `slower` names the shape and has probability <= 0.001 per shape where the
/// median call is within the bounds above; with four times in a row ten times beyond them it comes at once.
/// Adds to ledger.timed_s and check_s. ERRORS: sandbox, lock; tool when the baseline fails.
Result<std::optional<Finding>> slow_elsewhere(const Operator& op, const std::vector<Pool>& pools,
                                              const Program& baseline, const Program& candidate,
                                              const BenchOptions& options, Ledger& ledger);

/// Is what the repository links as fast as what was measured? `linked` is reached by its name, `measured`
/// through its source; both are one candidate. Findings and ERRORS as above, on the announced workloads.
Result<std::optional<Finding>> slow_when_linked(const Operator& op, const std::vector<Pool>& workloads,
                                                const Program& measured, const Program& linked,
                                                const BenchOptions& options, Ledger& ledger);

}  // namespace ke
