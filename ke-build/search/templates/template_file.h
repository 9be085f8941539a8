// SPDX-License-Identifier: MIT
// Expert kernels as text: files of templates/kernels with named holes. Lines `//@if NAME` ... `//@end` stay
// when the flag is set; lines between `//@isa` and `//@end` come once per instruction set.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace ke {

struct Holes {
  std::map<std::string, std::string> text;  // "CT" -> "float" fills @CT@
  std::set<std::string> flags;
};

/// The instantiated text of templates/kernels/<name>.h.in. Nothing when the file is missing or a hole stays
/// open.
std::optional<std::string> instantiate(const std::string& name, const Holes& holes);

/// Puts a kernel behind the includes, and in front of it, once per file, the question for the instruction
/// set.
std::string with_kernel_text(const std::string& source, uint32_t behind_includes, const std::string& kernel);

/// The text without the parts whose flag is not set, and with the parts per instruction set written out.
std::string expand_sections(const std::string& text, const Holes& holes);

}  // namespace ke
