// SPDX-License-Identifier: MIT
// Versions of a candidate and of its shapes that differ in one thing only.
#pragma once

#include "ke-build/evaluate/ceilings.h"
#include "ke-build/evaluate/evaluate.h"

#include <string>
#include <vector>

namespace ke {

/// The same source with other flags. Its results may differ; only its time is looked at.
struct FlagVariant {
  enum class Kind { scalar, unrolled, reassociated, native, cheap } kind;
  Subject subject;
};
const char* name_of(FlagVariant::Kind kind);
/// Without vectors; unrolled; with sums in any order; with every instruction set of this machine; and, where
/// the source calls functions of <cmath>, with those that are more than an instruction replaced by their
/// argument.
std::vector<FlagVariant> flag_variants(const Subject& subject);

/// A smaller shape whose arguments together fill about half of `level`.
struct ScaledShape {
  std::string level;
  Axes axes;
};
/// Halves the longest axes that $.ke.hidden lets vary, as long as they stay in their ranges, once for every
/// cache level that the workload itself overflows. Empty when the shape cannot shrink. ERRORS: usage for
/// wrong expressions.
Result<std::vector<ScaledShape>> scaled_shapes(const Operator& op, const Axes& axes,
                                               const Ceilings& ceilings);

}  // namespace ke
