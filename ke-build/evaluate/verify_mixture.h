// SPDX-License-Identifier: MIT
// Cases of all shapes by turns, as a process meets them that calls a kernel here and there. Internal to
// verify_uses.cpp.
#pragma once

#include "ke-build/base/random.h"
#include "ke-build/evaluate/pool.h"

#include <vector>

namespace ke {

struct Shown {
  const Pool* pool;
  const Case* example;
};

/// All cases of up to `most_bytes`, shuffled, near-copies right behind what they were made from.
std::vector<Shown> mixture(const Operator& op, const std::vector<Pool>& pools, int64_t most_bytes,
                           Random& random);

}  // namespace ke
