// SPDX-License-Identifier: MIT
// What the first call of a new thread costs. Programs start threads for a request or a task; who makes a
// table for each of them is quick in the one thread that is timed.
#pragma once

#include "ke-build/evaluate/bench.h"
#include "ke-build/evaluate/verify.h"

#include <optional>

namespace ke {

/// A finding where the candidate's first call in a new thread, with the pool's first inputs, takes more than
/// four times the baseline's time and a millisecond, in two processes. ERRORS: those of the sandbox.
Result<std::optional<Finding>> slow_in_new_threads(const Operator& op, const Pool& pool,
                                                   const Program& baseline, const Program& candidate,
                                                   const BenchOptions& options);

}  // namespace ke
