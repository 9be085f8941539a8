// SPDX-License-Identifier: MIT
// Templates of the standard library that a candidate's flags compile with another meaning. Every object that
// uses one has it, and the linker keeps any one of them for all: what a kernel's file makes of
// std::accumulate may serve a compensated sum in another file.
#pragma once

#include "ke-build/base/result.h"
#include "ke-build/model/candidate.h"

#include <string>
#include <vector>

namespace ke {

/// Those of the flags that change what floating-point code computes, not how.
std::vector<std::string> meaning_flags(const std::vector<std::string>& flags);

/// The function of the library, demangled, that `object` shares with other files and whose code is another
/// one in `plain`, which was compiled from the same text without meaning_flags(); empty for none. ERRORS: io,
/// usage (not ELF).
Result<std::string> other_instance(const std::string& object, const std::string& plain);

}  // namespace ke
