// SPDX-License-Identifier: MIT
// What calls leave behind in the process that makes them: memory, descriptors, handlers, protections.
#pragma once

#include "ke-build/evaluate/verify.h"

namespace ke {

/// Who makes the calls: a thread that stays, or threads that end after some calls each.
enum class Caller { lasting, brief };

/// Several hundred calls of the last pool's shape, all with other numbers; what was changed or has grown.
/// Nothing for shapes that are large. ERRORS: those of the sandbox.
Result<std::optional<Finding>> leaves_as_found(const Operator& op, const Program& program, Caller caller,
                                               const Pool& pool, const VerifyOptions& options);

}  // namespace ke
