// SPDX-License-Identifier: MIT
// Which answers the check of one set of inputs wants beside its own.
#pragma once

#include "ke-build/evaluate/check.h"

#include <cstddef>
#include <vector>

namespace ke {

/// Further inputs made from `original`, in the order in which aids() takes their answers.
struct Variants {
  /// `whole`: absolute values are wanted whatever needs_absolute() says.
  Variants(const Operator& op, const Axes& axes, const Inputs& original, InputStyle style, bool whole,
           uint64_t seed);
  /// `next` is the first answer, and behind the last one afterwards. CheckAids::around has the reference's
  /// only.
  CheckAids aids(const Expected*& next) const;

  std::vector<Inputs> inputs;
  size_t absolute = 0, moved = 0, own = 0, wide = 0, far = 0;  // so many of each, one kind behind the other
};

}  // namespace ke
