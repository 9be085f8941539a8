// SPDX-License-Identifier: MIT
// The pure level as far as a look at the program can tell: no libc, no libraries, no code that runs before
// the call, no memory that outlives it. What cannot be seen here (system calls, writes through forged
// pointers) the pure runner refuses while the kernel runs.
#pragma once

#include "ke-build/base/elf.h"

#include <string>

namespace ke {

/// True for functions of the C library that depend on their arguments alone: copies of memory, most of
/// <math.h>.
bool is_stateless_function(std::string name);
/// Why the linked kernel is not pure, naming what it uses (`uses writable data 'cache' (.bss)`); empty when
/// it is.
std::string impurity_of(const ElfImage& image);
/// The same for a file. ERRORS: io, usage (not ELF).
Result<std::string> impurity_of_file(const std::string& program);

}  // namespace ke
