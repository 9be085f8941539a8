// SPDX-License-Identifier: MIT
// What a candidate's text may not bring that the repository's own text does not have: questions about who
// compiles it, orders to the compiler, and names that take the place of others. A filter in front of the
// judge, with the reason in words; what it lets through is still measured and checked like everything else.
#pragma once

#include "ke-build/base/result.h"
#include "ke-build/model/operator.h"

#include <string>
#include <vector>

namespace ke {

/// Why `candidate` may not be judged in the place of `baseline`; empty when it may.
std::string illegal_source(const Operator& op, const std::string& baseline, const std::string& candidate);

/// The words that are refused wherever they stand, for documentation (docs/spec.md); `word*` for all that
/// begin with it. The judge's own names are left out.
std::vector<std::string> refused_words();

}  // namespace ke
