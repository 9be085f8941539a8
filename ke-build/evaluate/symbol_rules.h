// SPDX-License-Identifier: MIT
// What a candidate's object and program may not define or need that the baseline's do not.
#pragma once

#include "ke-build/base/result.h"

#include <string>

namespace ke {

/// Why the symbols of a program, or those of the object `PROGRAM.o` that it was linked from, may not be
/// there, compared with those of the baseline's; empty when they may. ERRORS: io, usage (not ELF).
Result<std::string> illegal_symbols(const std::string& baseline_program, const std::string& program);

/// What level of x86-64 the object `PROGRAM.o` uses that the baseline's does not, as the assembler noted it
/// down; empty for none, and where it takes no notes. REQUIRES: the source asks no processor. ERRORS: as
/// above.
Result<std::string> unasked_instructions(const std::string& baseline_program, const std::string& program);

/// Does the program define a function called `entry` that other objects reach by its name? Not where it is
/// static or in an unnamed namespace, nor where every object has its own (inline functions, templates).
/// ERRORS: as above.
Result<bool> shares_entry(const std::string& program, const std::string& entry);

/// Which function called `entry` the baseline's program defines for others and this one does not; empty when
/// none. ERRORS: as above.
Result<std::string> missing_entry(const std::string& baseline_program, const std::string& program,
                                  const std::string& entry);

}  // namespace ke
