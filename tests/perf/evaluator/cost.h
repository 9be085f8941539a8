// SPDX-License-Identifier: MIT
// What judging costs beside the time that is measured.
#pragma once

#include "ke-build/base/result.h"

#include <string>

namespace ke {

/// Hand-shake of an empty kernel, wall seconds per timed second, evaluations per minute with compilation
/// beside those of a plain loop that compiles and runs. Takes about `seconds`, at least some twenty.
Result<std::string> cost_table(const std::string& state_dir, double seconds);

}  // namespace ke
