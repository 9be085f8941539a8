// SPDX-License-Identifier: MIT
// The check that most harnesses make: random normal inputs, the announced shape, |a - b| <= atol + rtol |b|.
#pragma once

#include "ke-build/evaluate/judge_state.h"

namespace ke {

struct PlainCheck {
  bool torch = true;  // passes with PyTorch's defaults for float32: rtol 1.3e-6, atol 1e-5
  bool numpy = true;  // passes with NumPy's: rtol 1e-5, atol 1e-8
};

/// `program` beside the judge's baseline, three times with fresh typical inputs on every workload; outputs
/// are zero at first and then what the call before left. Integers must be equal. A crash passes neither.
Result<PlainCheck> plain_check(const JudgeState& judge, const Program& program);

}  // namespace ke
