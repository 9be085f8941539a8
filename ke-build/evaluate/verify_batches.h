// SPDX-License-Identifier: MIT
// Calls that follow each other at once, as they are timed.
#pragma once

#include "ke-build/evaluate/verify.h"

namespace ke {

constexpr int kHurriedCalls = 128;  // as many as a timed batch may have
constexpr int64_t kHurriedBytes = 8 << 20;

/// Many calls of several threads' kernels in a row, on one case.
Result<std::optional<Finding>> hurry(const Operator& op, const Program& program, const Pool& pool,
                                     const VerifyOptions& options);
/// Has each call of a batch finished when it returns? Asked of processes that end in the midst of one.
Result<std::optional<Finding>> returns_finished(const Operator& op, const Program& program, const Pool& pool,
                                                const VerifyOptions& options);

}  // namespace ke
