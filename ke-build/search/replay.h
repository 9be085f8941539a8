// SPDX-License-Identifier: MIT
// Doing again, on another candidate, what was done elsewhere: each action is asked for by name from the
// synthesizers that know it, so that it is applied where and as the code at hand allows.
#pragma once

#include "ke-build/search/synthesizer.h"

#include <string>
#include <vector>

namespace ke {

struct Replayed {
  Candidate candidate;
  std::vector<size_t> applied = {};  // places of the actions; the others found nothing to apply to
};

/// Applies actions as action_of() writes them, in order, to the context's parent.
Replayed replay(const SynthesisContext& context, const std::vector<std::string>& actions);

}  // namespace ke
