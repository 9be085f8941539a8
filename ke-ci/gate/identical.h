// SPDX-License-Identifier: MIT
// Is the machine code the same on both sides? Compared is the whole program that would be measured: kernel,
// callees, read-only data, and the shared libraries that the project builds itself.
#pragma once

#include "ke-build/evaluate/evaluate.h"

#include <string>

namespace ke {

struct CodeSide {
  const Subject& subject;
  std::string root;    // clone and build folder lie below; both roots have the same length
  std::string folder;  // scratch for the program; both folders have the same length
};

struct CodeAnswer {
  bool identical = false;
  std::string why;  // the first section that differs, or why it cannot be known
};

/// Whatever cannot be known counts as different. ERRORS: tool, io.
Result<CodeAnswer> same_machine_code(const Operator& op, const CodeSide& base, const CodeSide& head,
                                     double timeout_s);

/// The same bytes in the same sections, once each side's own folders are written in one way.
CodeAnswer compare_files(const std::string& base, const std::string& head, const CodeSide& base_side,
                         const CodeSide& head_side);

}  // namespace ke
