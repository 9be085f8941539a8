// SPDX-License-Identifier: MIT
// Integers right at the places where the answer changes: ties, clamps and thresholds, wherever they are.
#pragma once

#include "ke-build/evaluate/reference.h"

namespace ke {

/// Moves elements of one integer input to where the reference's answer for the same element changes: a third
/// to the last number before, a third to the first one behind, the others stay. Found by bisection of all
/// elements at once between two random numbers each, which takes as many calls of the reference as the format
/// has bits. What stays is legal in any case. Does nothing where the operator reads floating numbers (another
/// order of roundings moves their boundaries), where no integer output has as many elements as a range input,
/// or where the reference is slow. ERRORS: as ReferenceProgram::expected.
Result<> move_to_boundaries(ReferenceProgram& reference, const Axes& axes, Inputs& inputs, Random& random);

}  // namespace ke
