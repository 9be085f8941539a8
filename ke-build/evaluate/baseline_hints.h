// SPDX-License-Identifier: MIT
// What a spec most likely lacks where the repository's own kernel does not pass: said once, when a judge
// opens.
#pragma once

#include "ke-build/evaluate/folder.h"
#include "ke-build/evaluate/inputs.h"

#include <string>
#include <vector>

namespace ke {

/// For a kernel that crashes or does not end: "; $.ke.domains does not name idx (int32), ..." for arrays of
/// whole numbers whose domain is not declared, "" where there is none.
std::string domains_to_declare(const Operator& op);

/// For a kernel that disagrees with its reference: what it does to the old contents of an output, as the
/// predicate of a sentence with the remedy ("leaves l[0, 1] and 5 more of 36 elements of l unwritten; ..."),
/// or
/// "". Three calls on the same inputs tell. ERRORS: those of the sandbox.
Result<std::string> old_contents_seen(const Operator& op, const Axes& axes, const Program& program,
                                      const Inputs& inputs, const std::vector<std::string>& mandatory_layers);

}  // namespace ke
