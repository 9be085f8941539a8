// SPDX-License-Identifier: MIT
#include "ke-build/search/rewrites/fields.h"

#include "ke-build/base/text.h"
#include "ke-build/search/syntax/facts.h"

namespace ke {
namespace {

std::string without_comments(std::string text) {
  for (const auto& [open, close] : {std::pair{"//", "\n"}, std::pair{"/*", "*/"}})
    for (size_t at = text.find(open); at != std::string::npos; at = text.find(open, at)) {
      const size_t end = text.find(close, at + 2);
      text.erase(at, end == std::string::npos ? std::string::npos : end + (close[0] == '*' ? 2 : 0) - at);
    }
  return text;
}

// `float x, y = 0`: the type of `field`, when one of the names is it.
std::string declared_in(const std::string& declaration, const std::string& field) {
  const std::vector<std::string> parts = split(declaration, ',');
  std::string type;
  for (size_t i = 0; i < parts.size(); ++i) {
    std::string part = parts[i].substr(0, parts[i].find('='));
    part = trim(part);
    size_t begin = part.size();
    while (begin > 0 && is_word_character(part[begin - 1])) --begin;
    if (i == 0) type = value_type(trim(part.substr(0, begin)));
    const bool known = is_floating_type(type) || is_integer_type(type);
    if (part.substr(begin) == field) return known && (i == 0 || begin == 0) ? type : "";
  }
  return "";
}

}  // namespace

std::string field_type(const std::string& source, const std::string& structure, const std::string& field) {
  if (source.find(structure) == std::string::npos) return "";
  const std::string text = without_comments(source);
  std::string found;
  int definitions = 0;
  for (size_t at = text.find(structure); at != std::string::npos; at = text.find(structure, at + 1)) {
    const size_t end = at + structure.size(), open = text.find_first_not_of(" \t\r\n", end);
    const std::string before = trim(text.substr(0, at));
    const bool defined = (at == 0 || !is_word_character(text[at - 1])) && open != std::string::npos &&
                         text[open] == '{' && (ends_with(before, "struct") || ends_with(before, "class"));
    if (!defined) continue;
    ++definitions;
    const size_t close = text.find('}', open);
    // Members with bodies: not read.
    if (close == std::string::npos || text.find('{', open + 1) < close) return "";
    for (std::string declaration : split(text.substr(open + 1, close - open - 1), ';')) {
      if (const size_t colon = declaration.rfind("public:"); colon != std::string::npos)
        declaration = declaration.substr(colon + 7);
      if (const std::string type = declared_in(declaration, field); !type.empty()) found = type;
    }
  }
  return definitions == 1 ? found : "";
}

}  // namespace ke
