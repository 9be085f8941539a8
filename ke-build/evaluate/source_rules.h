// SPDX-License-Identifier: MIT
// What a candidate's text may not bring that the repository's own text does not have: questions about who
// compiles it, orders to the compiler, and names that take the place of others. A filter in front of the
// judge, with the reason in words; what it lets through is still measured and checked like everything else.
#pragma once

#include "ke-build/base/result.h"
#include "ke-build/model/operator.h"

#include <string>

namespace ke {

/// Why `candidate` may not be judged in the place of `baseline`; empty when it may.
std::string illegal_source(const Operator& op, const std::string& baseline, const std::string& candidate);

/// Why the symbols of a program may not be there, compared with those of the baseline's program; empty when
/// they may. ERRORS: io, usage (not ELF).
Result<std::string> illegal_symbols(const std::string& baseline_program, const std::string& program);

/// Which function called `entry` the baseline's program defines for others and this one does not; empty when
/// none. ERRORS: as above.
Result<std::string> missing_entry(const std::string& baseline_program, const std::string& program,
                                  const std::string& entry);

}  // namespace ke
