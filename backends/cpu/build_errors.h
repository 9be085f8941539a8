// SPDX-License-Identifier: MIT
// What a compiler's or linker's output says is wrong: of GCC, Clang, the assembler, GNU ld, gold, lld and
// mold.
#pragma once

#include <string>
#include <string_view>

namespace ke::cpu {

/// The first lines that say what is wrong with the source, at most three of at most 300 bytes: errors, and
/// what a linker misses or has twice. That a driver's helper has failed says nothing and comes only where
/// nothing else does. The text is a stranger's: colours are left out, other control characters become
/// question marks.
std::string first_errors(std::string_view output);

}  // namespace ke::cpu
