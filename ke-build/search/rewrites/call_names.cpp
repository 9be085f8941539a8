// SPDX-License-Identifier: MIT
#include "ke-build/search/rewrites/call_names.h"

#include <cctype>

namespace ke {
namespace {

bool is_space(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }

// Behind the comment or literal that starts at `at`; `at` itself where none does.
size_t behind_quoted(std::string_view text, size_t at) {
  const std::string_view rest = text.substr(at);
  const auto behind = [&](std::string_view end, size_t from) {
    const size_t found = rest.find(end, from);
    return found == std::string_view::npos ? text.size() : at + found + end.size();
  };
  if (rest.substr(0, 2) == "//") return behind("\n", 2);
  if (rest.substr(0, 2) == "/*") return behind("*/", 2);
  if (rest[0] != '"' && rest[0] != '\'') return at;
  // 1'000'000
  if (rest[0] == '\'' && at > 0 && is_word_character(text[at - 1])) return at;
  size_t end = at + 1;
  while (end < text.size() && text[end] != rest[0]) end += text[end] == '\\' ? 2 : 1;
  return end < text.size() ? end + 1 : text.size();
}

// Where the qualifier in front of the name at `begin` starts.
size_t qualifier_of(std::string_view text, size_t begin) {
  size_t at = begin;
  while (at >= 2 && text.substr(at - 2, 2) == "::") {
    at -= 2;
    while (at > 0 && is_word_character(text[at - 1])) --at;
  }
  return at;
}

bool is_method(std::string_view text, size_t begin) {
  while (begin > 0 && is_space(text[begin - 1])) --begin;
  return begin > 0 && (text[begin - 1] == '.' || (begin > 1 && text.substr(begin - 2, 2) == "->"));
}

bool is_called(std::string_view text, size_t end) {
  while (end < text.size() && is_space(text[end])) ++end;
  return end < text.size() && text[end] == '(';
}

}  // namespace

std::string renamed_calls(
    std::string_view text,
    const std::function<std::string(const std::string& qualifier, const std::string& name)>& rename) {
  std::string out;
  size_t copied = 0;
  for (size_t at = 0; at < text.size();) {
    if (const size_t behind = behind_quoted(text, at); behind != at) {
      at = behind;
      continue;
    }
    if (!is_word_character(text[at])) {
      ++at;
      continue;
    }
    size_t end = at;
    while (end < text.size() && is_word_character(text[end])) ++end;
    const size_t begin = qualifier_of(text, at);
    if (is_called(text, end) && !is_method(text, begin)) {
      const std::string made =
          rename(std::string(text.substr(begin, at - begin)), std::string(text.substr(at, end - at)));
      if (!made.empty()) {
        out += std::string(text.substr(copied, begin - copied)) + made;
        copied = end;
      }
    }
    at = end;
  }
  return out + std::string(text.substr(copied));
}

}  // namespace ke
