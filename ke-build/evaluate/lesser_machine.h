// SPDX-License-Identifier: MIT
// A machine of a lower level than this one: every instruction of a program's own object that such a machine
// lacks becomes an illegal one, and the program is run again. Which of them are reached, no text and no note
// can say.
#pragma once

#include "ke-build/evaluate/judge_state.h"

#include <optional>

namespace ke {

/// The level of x86-64 that these flags allow (-march=x86-64-v3, -mavx2, ...); 1 without any, 5 for what is
/// not to be compared with levels, such as -march=native.
int level_of_flags(const std::vector<std::string>& flags);

/// What this machine cannot do of the following, for the notes of a judge; empty when it can do all.
std::string missing_disassembler();

/// What the object of a candidate that was built in `folder` says in machine code and the baseline's does
/// not: questions to the processor, jumps into the middle of instructions. Empty for nothing, and where no
/// objdump is there. ERRORS: those of the sandbox, tool.
Result<std::string> illegal_code(const JudgeState& state, const std::string& folder);

/// `program` was built from `subject` in `folder` and is right on `exam`. Nothing where it runs on machines
/// of `level`, or of the baseline's own level if that is higher, and where no objdump is there.
/// ERRORS: those of the sandbox, of the linker, io.
Result<std::optional<Finding>> fails_below(JudgeState& state, const Subject& subject,
                                           const std::string& folder, const Program& program,
                                           const Exam& exam, int level);

}  // namespace ke
