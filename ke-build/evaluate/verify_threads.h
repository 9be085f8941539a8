// SPDX-License-Identifier: MIT
// Programs have threads, and two of them may call a kernel at the same time.
#pragma once

#include "ke-build/evaluate/verify.h"

namespace ke {

/// Two threads begin each call together: in one process for a while, and with the first calls of fresh ones,
/// where what is made at the first call is seen half made. ERRORS: those of the sandbox.
Result<std::optional<Finding>> verify_two_threads(const Operator& op, const Program& program,
                                                  const Pool& pool, const VerifyOptions& options);

}  // namespace ke
