// SPDX-License-Identifier: MIT
// Factors of a product that are far apart while the product is not: what a kernel drops because it is small
// beside the rest of its own array counts as much as that. Internal to inputs.cpp.
#pragma once

#include "ke-build/base/random.h"
#include "ke-build/evaluate/inputs.h"

#include <optional>

namespace ke {

/// An axis along which two floating arrays are multiplied and summed, by all that their shapes say: it is in
/// both, and in no output, or twice in one of them (square matrices).
struct SharedAxis {
  struct Place {
    size_t argument = 0, axis = 0;
  };
  Place one, other;
};
std::optional<SharedAxis> draw_shared_axis(const Operator& op, Random& random);

/// Lines of one array across that axis times powers of two of their own, up to 2^+-`bits`, and those of the
/// other by as much less. ERRORS: usage (shapes).
Result<> balance(const Operator& op, const Axes& axes, const SharedAxis& shared, int bits, Inputs& inputs,
                 Random& random);

}  // namespace ke
