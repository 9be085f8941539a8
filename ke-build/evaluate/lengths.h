// SPDX-License-Identifier: MIT
// Sizes that follow each other, so that every remainder of an unrolled loop is tried. Small, and all of them
// in one process, because a process for each would cost more than all calls.
#pragma once

#include "ke-build/evaluate/verify.h"

namespace ke {

/// One typical case for each of neighbouring_axes(), and an odd one for every second, as far as the budget
/// goes; then, as far as `odd_s` goes, one of every odd style for each, and as long again every_size().
/// ERRORS: as add_cases.
Result<std::vector<Pool>> make_lengths(ReferenceProgram& reference, double budget_s, double odd_s,
                                       Random& random);

/// Runs all of them in one process and compares every element. ERRORS: those of the sandbox.
Result<std::optional<Finding>> verify_lengths(const Operator& op, const Program& program,
                                              const std::vector<Pool>& pools, const VerifyOptions& options);

/// Leaves out what this program does not pass: nobody promised that it would. ERRORS: as verify_lengths.
Result<> drop_lengths(const Operator& op, const Program& program, std::vector<Pool>& pools,
                      const VerifyOptions& options);

}  // namespace ke
