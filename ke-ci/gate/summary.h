// SPDX-License-Identifier: MIT
// The gate's answer for terminals, pull requests and programs.
#pragma once

#include "ke-build/base/json.h"
#include "ke-ci/gate/gate.h"
#include "ke-ci/gate/sides.h"

#include <string>

namespace ke {

/// Aligned lines, worst first, and one closing sentence.
std::string gate_text(const GateDecision& decision);
std::string gate_markdown(const GateDecision& decision, const Sides& sides);
/// Documented in docs/cli/ke-ci-gate.md.
Json gate_json(const GateDecision& decision, const Sides& sides, const GatePolicy& policy);
/// `no regression`, `2 regressions`, ...
std::string gate_sentence(const GateDecision& decision);

}  // namespace ke
