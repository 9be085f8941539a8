// SPDX-License-Identifier: MIT
// Before anybody is judged: outputs that are wrong on purpose must fail on the data that every verdict rests
// on.
#pragma once

#include "ke-build/evaluate/judge_state.h"

namespace ke {

/// May sums in a lower precision be asked for: has the contract floats to sum, and a bound that feels it?
bool may_lower_sums(const Operator& op);
/// The kernel with its running sums in bfloat16. ERRORS: as Folders::build.
Result<Product> build_lowered_sums(Folders& folders, const Operator& op, Subject baseline);

/// Halves axes until one set of inputs has at most 16 MiB, those that no sum runs over first: how much a sum
/// hides hangs on its length. Only those whose half takes clearly less memory: the others say what an output
/// looks like. Nothing where the contract has no such sizes.
std::optional<Axes> smaller_axes(const Operator& op, Axes axes);

/// Why the check has no power on a workload of `state.exam`; empty where it has. Typical inputs of one draw
/// may leave nothing to be seen of an error that others show (few decisions are near enough to each other):
/// what passes is tried on a second and a third case, and has power against it where one of them rejects it,
/// as candidates must be right on all. Notes what could not be tried. ERRORS: those of the references.
Result<std::string> missing_power(JudgeState& state, Random& random);

}  // namespace ke
