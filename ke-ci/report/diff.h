// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace ke {

/// Unified hunks with `context` lines around each change, as `diff -u` prints them.
std::string unified_diff(const std::string& before, const std::string& after, const std::string& path,
                         int context = 3);
/// The same as an HTML table body with C++ highlighting.
std::string diff_html(const std::string& before, const std::string& after, int context = 4);
/// One line of C or C++ as HTML with <b class="k|s|n|c"> for keywords, strings, numbers and comments.
std::string highlight_cpp(const std::string& line, bool& in_comment);

}  // namespace ke
