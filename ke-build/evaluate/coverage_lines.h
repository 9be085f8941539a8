// SPDX-License-Identifier: MIT
// Coverage of a source's changed lines, from the blocks of its instrumented programs.
#pragma once

#include "ke-build/evaluate/traced_code.h"
#include "ke-build/model/evaluation.h"

#include <set>
#include <string>
#include <vector>

namespace ke {

/// Lines, from 1, that hold something else than `baseline` does; all of them where a macro is changed.
std::set<int> changed_lines(const std::string& baseline, const std::string& source);

/// `#line 7` and its other spellings.
bool renumbers_lines(const std::string& source);

/// A function of several programs counts once, with what was entered in any of them. So does a line of
/// several instances of a template, with the best of those that were entered at all: which of their loops run
/// depends on the arguments. Blocks that only fail do not count.
Coverage coverage_of_lines(const std::vector<Block>& blocks, const std::set<int>& changed,
                           const std::string& source);

/// `_ZN3ops4sumsILi4EEEfPKf` -> `3ops4sums`; what is no template's instance as it is.
std::string family_of(const std::string& symbol);

}  // namespace ke
