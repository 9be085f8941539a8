// SPDX-License-Identifier: MIT
#include "ke-ci/report/diff.h"
#include "ke-ci/report/text.h"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <string_view>

namespace ke {
namespace {

const std::string_view kKeywords[] = {
    "__attribute__", "__restrict", "__restrict__", "alignas",  "auto",        "bool",     "break",
    "case",          "char",       "class",        "const",    "constexpr",   "continue", "default",
    "delete",        "do",         "double",       "else",     "enum",        "extern",   "false",
    "float",         "for",        "if",           "inline",   "int",         "long",     "namespace",
    "new",           "noexcept",   "nullptr",      "operator", "private",     "public",   "return",
    "short",         "signed",     "sizeof",       "static",   "static_cast", "struct",   "switch",
    "template",      "this",       "true",         "typedef",  "typename",    "union",    "unsigned",
    "using",         "void",       "volatile",     "while"};

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

size_t end_of_string(const std::string& line, size_t from) {
  const char quote = line[from];
  for (size_t i = from + 1; i < line.size(); ++i) {
    if (line[i] == '\\')
      ++i;
    else if (line[i] == quote)
      return i + 1;
  }
  return line.size();
}

std::string marked(char kind, const std::string& text) {
  return std::string("<b class=\"") + kind + "\">" + escape_html(text) + "</b>";
}

bool is_keyword(const std::string& word) {
  return std::find(std::begin(kKeywords), std::end(kKeywords), word) != std::end(kKeywords);
}

}  // namespace

std::string highlight_cpp(const std::string& line, bool& in_comment) {
  std::string out;
  size_t i = 0;
  const auto take = [&](size_t end, char kind) {
    const std::string text = line.substr(i, end - i);
    out += kind ? marked(kind, text) : escape_html(text);
    i = end;
  };
  const size_t first = line.find_first_not_of(" \t");
  while (i < line.size()) {
    const char c = line[i];
    if (in_comment || line.compare(i, 2, "/*") == 0) {
      const size_t close = line.find("*/", in_comment ? i : i + 2);
      in_comment = close == std::string::npos;
      take(in_comment ? line.size() : close + 2, 'c');
    } else if (line.compare(i, 2, "//") == 0) {
      take(line.size(), 'c');
    } else if (c == '#' && i == first) {
      size_t end = i + 1;
      while (end < line.size() && (is_word(line[end]) || line[end] == ' ')) {
        if (line[end] == ' ' && end > i + 1 && is_word(line[end - 1])) break;
        ++end;
      }
      take(end, 'k');
    } else if (c == '"' || c == '\'') {
      take(end_of_string(line, i), 's');
    } else if (std::isdigit(static_cast<unsigned char>(c))) {
      size_t end = i;
      while (end < line.size() && (is_word(line[end]) || line[end] == '.' || line[end] == '\'')) ++end;
      take(end, 'n');
    } else if (is_word(c)) {
      size_t end = i;
      while (end < line.size() && is_word(line[end])) ++end;
      take(end, is_keyword(line.substr(i, end - i)) ? 'k' : '\0');
    } else {
      size_t end = i + 1;
      while (end < line.size() && !is_word(line[end]) && line[end] != '/' && line[end] != '"' &&
             line[end] != '\'')
        ++end;
      take(end, '\0');
    }
  }
  return out;
}

}  // namespace ke
