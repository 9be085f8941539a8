// SPDX-License-Identifier: MIT
// Calls as programs make them one after the other, for kernels that remember: what they keep of earlier calls
// may change no answer.
#pragma once

#include "ke-build/evaluate/verify.h"

namespace ke {

/// Outputs come back as inputs of the same shape and type, declared counters go up by one, and now and then
/// one number changes, all at the same addresses; `in_place` as LaunchOptions. Another process, which meets
/// the same inputs in reverse order, must give the same bits. Nothing where options.deterministic is false,
/// or the calls are large. ERRORS: those of the sandbox.
Result<std::optional<Finding>> verify_chain(const Operator& op, const Program& program, const Pool& pool,
                                            const std::vector<int>& in_place, const VerifyOptions& options);

/// Thousands of calls with the smallest shape, as far as a quarter of a second goes: every answer is checked.
/// ERRORS: those of the sandbox.
Result<std::optional<Finding>> verify_many_calls(const Operator& op, const Program& program,
                                                 const std::vector<Pool>& pools,
                                                 const VerifyOptions& options);

}  // namespace ke
