// SPDX-License-Identifier: MIT
// Differential runs of one version on the judge's workloads, the tools that are installed as witnesses, and
// the diagnosis that they add up to. Made on demand, never while a search screens.
#pragma once

#include "ke-build/evaluate/judge_state.h"

#include <vector>

namespace ke {

/// One diagnosis per workload. Adds to ledger.compile_s and ledger.timed_s. ERRORS: as Evaluator::profile.
Result<std::vector<Diagnosis>> profile(JudgeState& state, const Subject& subject,
                                       const ProfileOptions& options, Ledger& ledger);

}  // namespace ke
