// SPDX-License-Identifier: MIT
// Shapes that nobody announced are timed coarsely: a candidate that pays for its speed with other shapes is
// found there.
#pragma once

#include "ke-build/evaluate/bench.h"

namespace ke {

/// Baseline and candidate in turns, in random order, on the same inputs of every pool; all outputs of the
/// candidate are checked. A finding `slower` names the shape; evaluate/slowness.h says what it takes, and
/// every launch of a few, in fresh processes, must have found it.
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
