// SPDX-License-Identifier: MIT
// Two texts, line by line.
#pragma once

#include <string>
#include <vector>

namespace ke {

struct DiffLine {
  enum class Kind { same, removed, added } kind = Kind::same;
  int before = 0, after = 0;  // line numbers from 1; 0 where the line does not exist
  std::string text;
};

/// Shortest edit script over lines (Myers 1986); very different texts fall back to "all removed, all added"
/// between their common head and tail.
std::vector<DiffLine> diff_lines(const std::string& before, const std::string& after);

}  // namespace ke
