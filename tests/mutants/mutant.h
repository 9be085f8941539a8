// SPDX-License-Identifier: MIT
// A mutant: a correct kernel with one small mistake, kept as a patch of its text.
#pragma once

#include "ke-build/base/result.h"

#include <string>
#include <utility>
#include <vector>

namespace ke {

struct Mutant {
  std::string name, description;
  std::vector<std::pair<std::string, std::string>> changes;  // text that occurs once, text instead
  std::string missed;  // why the judge may miss it; empty: it has to be caught
};

/// Reads KERNEL.mutants: `@ name: description`, then pairs of lines `- old` and `+ new`, then at most one
/// line
/// `! why it may be missed`. ERRORS: usage, with file and line.
Result<std::vector<Mutant>> read_mutants(const std::string& path);

/// The kernel with all changes of the mutant. ERRORS: usage when a text does not occur exactly once.
Result<std::string> patched(const Mutant& mutant, const std::string& kernel);

}  // namespace ke
