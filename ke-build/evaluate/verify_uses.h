// SPDX-License-Identifier: MIT
// Ways of calling a kernel that calls of one kind do not show: late in the life of a process, shapes and
// scalars by turns, in place, with fewer threads or cores than the contract allows. What the baseline stands
// its successor must stand; what it does not is nobody's duty.
#pragma once

#include "ke-build/evaluate/verify.h"

namespace ke {

/// Nothing when all is right, when there is no options.rival, or where the rival fails in the same way.
/// ERRORS: those of the sandbox.
Result<std::optional<Finding>> verify_uses(const Operator& op, const Program& program,
                                           const std::vector<Pool>& pools, const VerifyOptions& options);

/// Inputs that an output could overwrite: for each such use, per argument the output, or -1.
std::vector<std::vector<int>> in_place_uses(const Operator& op);
/// The same with two inputs, each with an output of its own in its place; at most sixteen.
std::vector<std::vector<int>> paired_uses(const Operator& op);
/// Outputs that may lie where the two inputs of an example are one array; -1: none does.
std::vector<int> outputs_there(const Operator& op, const Case& example);

}  // namespace ke
