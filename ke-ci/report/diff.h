// SPDX-License-Identifier: MIT
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
/// Unified hunks with `context` lines around each change, as `diff -u` prints them.
std::string unified_diff(const std::string& before, const std::string& after, const std::string& path,
                         int context = 3);
/// The same as an HTML table body with C++ highlighting.
std::string diff_html(const std::string& before, const std::string& after, int context = 4);
/// One line of C or C++ as HTML with <b class="k|s|n|c"> for keywords, strings, numbers and comments.
std::string highlight_cpp(const std::string& line, bool& in_comment);

}  // namespace ke
