// SPDX-License-Identifier: MIT
// Which blocks of its changed lines a candidate's traced calls have entered (block coverage).
#pragma once

#include "ke-build/evaluate/judge_state.h"
#include "ke-build/evaluate/tracer.h"

#include <string>

namespace ke {

struct Covered {
  Coverage coverage;
  std::string unknown;  // why that cannot be said; empty where it can
};

/// What `tracer`, which runs `subject`, has entered so far and enters in other calls of the exam; variants
/// for lesser machines are called by themselves. Blocks that only unwind the stack or say that an assertion
/// failed do not count. The candidate's own process notes its blocks: a hint for readers and no evidence.
/// ERRORS: sandbox, tool, io.
Result<Covered> coverage_of(JudgeState& state, Tracer& tracer, const Subject& subject, const Exam& exam,
                            const Deadline& deadline);

}  // namespace ke
