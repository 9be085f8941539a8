// SPDX-License-Identifier: MIT
// How much the learned model counts beside the stated priors in this session.
#pragma once

#include "ke-build/search/learned/move_model.h"
#include "ke-build/search/tree.h"

namespace ke {

/// Weight of the model in 0..1: exponential weights (Vovk 1990; Littlestone & Warmuth 1994) over the losses
/// of both on the latest moves of the tree, from the odds that held-out data gave. A function of the tree
/// alone, so that a resumed search plans as the interrupted one would have.
double trust_in(const MoveModel& model, const Tree& tree);

}  // namespace ke
