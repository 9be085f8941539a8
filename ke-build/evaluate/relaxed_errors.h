// SPDX-License-Identifier: MIT
// How inexact the repository's own kernel becomes when its compiler may do with sums what the contract lets
// candidates do: fused multiply-adds and other orders. Where roundings within the kernel are magnified (a
// position that is computed in float, the difference of two products), no bound that follows from lengths of
// sums and from moved inputs knows of it, and honest candidates would be called wrong.
#pragma once

#include "ke-build/evaluate/judge_state.h"

namespace ke {

/// Where it says something: bounds that follow from the sums of floating inputs.
bool has_relaxed_errors(const Operator& op);

/// Contracted, reassociated, with wide registers where this machine has them; no flag of a candidate. May not
/// compile: a product says so.
Result<Product> build_relaxed(Folders& folders, const Operator& op, Subject subject);

/// Has `state.reference` ask that build as well (CheckAids::rounded), and keeps it as `state.relaxed`. Where
/// it does not build, a note says so. ERRORS: those of a build that cannot be tried.
Result<> ask_relaxed(JudgeState& state);

/// The largest error of that build on `state.exam` in units of the bound, of those that are errors of
/// rounding: where it is right, unless something jumped, and where it misses the bound by no more than
/// sixteen times (further away are decisions and overflow, which have rules of their own). 0 where it does
/// not run to its end, and for outputs that are no floating numbers. ERRORS: those of the sandbox.
Result<double> relaxed_errors(const JudgeState& state);

}  // namespace ke
