// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ke {

std::vector<std::string> split(std::string_view text, char separator);
std::string trim(std::string_view text);
bool starts_with(std::string_view text, std::string_view prefix);
bool ends_with(std::string_view text, std::string_view suffix);
std::string replace_all(std::string text, std::string_view from, std::string_view to);
std::string join_texts(const std::vector<std::string>& parts, std::string_view separator);
/// The last `count` lines, for error messages.
std::string last_lines(std::string_view text, size_t count);
/// The nearest of `options` by edit distance (Damerau-Levenshtein <= 3 and < half the length), or "".
std::string nearest(std::string_view word, const std::vector<std::string>& options);
/// ` (did you mean 'x'?)` or "".
std::string suggestion(std::string_view word, const std::vector<std::string>& options);

/// What others have written, fit for a terminal: `?` in the place of control characters (escapes, and C1 in
/// UTF-8), a space in that of tabs; lines stay.
std::string printable(std::string_view text);

}  // namespace ke
