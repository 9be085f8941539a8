// SPDX-License-Identifier: MIT
// Repeats one rung of an evaluation from its folder alone: what `ke-build judge --rung RUNG DIR` does, and
// what the edges of the folder's build.ninja call.
#pragma once

#include "ke-build/base/result.h"
#include "ke-build/model/evaluation.h"

#include <string>

namespace ke {

/// Runs the rung (compile, verify, beside, sanitize, guided or bench) on the source that lies in `folder`
/// now, with fresh secret inputs, and writes <rung>.json there. passed() says whether the candidate survived
/// it. ERRORS: usage (no evaluation folder, an unknown rung, a spec that changed for the worse), and those of
/// Evaluator::open.
Result<Evaluation> judge_folder(const std::string& folder, const std::string& rung);

/// True when a candidate with this outcome may go on to the next rung: slower, equal, faster or noisy.
bool passed(const Evaluation& evaluation);

}  // namespace ke
