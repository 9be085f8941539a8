// SPDX-License-Identifier: MIT
// Attributes begin with two brackets in a row. Whoever makes one of them by a macro, parts them by an empty
// one, or spells them otherwise, hides the attribute from the rules about its words.
#include "ke-build/evaluate/source_remarks.h"

#include <set>
#include <string_view>

namespace ke {
namespace {

using Kind = Token::Kind;

constexpr const char* kHidden =
    "can hide an attribute from whoever reads the source; write brackets out, in pairs";

/// The token behind the group of parentheses that `open` begins.
size_t behind_group(const TokenList& list, size_t open) {
  int depth = 0;
  for (size_t i = open; i < list.tokens.size(); ++i) {
    depth += list.text_of(i) == "(" ? 1 : list.text_of(i) == ")" ? -1 : 0;
    if (depth == 0) return i + 1;
  }
  return list.tokens.size();
}

std::set<std::string_view> empty_macros(const TokenList& list) {
  std::set<std::string_view> names;
  for (size_t i = 0; i + 3 < list.tokens.size(); ++i) {
    if (list.tokens[i].kind != Kind::hash || list.text_of(i + 1) != "define") continue;
    size_t body = i + 3;
    if (list.text_of(body) == "(" && list.tokens[body].glued) body = behind_group(list, body);
    if (body < list.tokens.size() && list.tokens[body].kind == Kind::end_of_directive)
      names.insert(list.text_of(i + 2));
  }
  return names;
}

size_t end_of_line(const TokenList& list, size_t hash) {
  while (hash < list.tokens.size() && list.tokens[hash].kind != Kind::end_of_directive) ++hash;
  return hash;
}

/// Is the bracket at `open` closed, with whole groups inside, before its directive or the source ends?
bool closes_bracket(const TokenList& list, size_t open) {
  std::string expected;
  for (size_t i = open; i < list.tokens.size(); ++i) {
    if (list.tokens[i].kind == Kind::end_of_directive) return false;
    if (list.tokens[i].kind == Kind::hash && i > open) i = end_of_line(list, i);
    if (i == list.tokens.size() || list.tokens[i].kind != Kind::punctuation) continue;
    const std::string_view text = list.text_of(i);
    if (text == "[" || text == "(") expected += text == "[" ? ']' : ')';
    if (text != "]" && text != ")") continue;
    if (expected.back() != text.front()) return false;
    expected.pop_back();
    if (expected.empty()) return true;
  }
  return false;
}

/// `<:` is a bracket, but `<::name` begins a list of template arguments.
bool is_digraph(const TokenList& list, size_t at) {
  if (list.text_of(at) != "<" || at + 1 >= list.tokens.size() || !list.tokens[at + 1].glued) return false;
  if (list.text_of(at + 1) == ":") return true;
  if (list.text_of(at + 1) != "::" || at + 2 >= list.tokens.size() || !list.tokens[at + 2].glued)
    return false;
  const std::string_view behind = list.text_of(at + 2);
  return behind == ":" || behind == "::" || behind == ">";
}

}  // namespace

void remark_brackets(const TokenList& list, Remarks& remarks) {
  const std::set<std::string_view> empty = empty_macros(list);
  for (size_t i = 0; i < list.tokens.size(); ++i) {
    const bool message = list.tokens[i].kind == Kind::hash && i + 1 < list.tokens.size() &&
                         (list.text_of(i + 1) == "error" || list.text_of(i + 1) == "warning");
    if (message) i = end_of_line(list, i);
    if (i == list.tokens.size() || list.tokens[i].kind != Kind::punctuation) continue;
    if (is_digraph(list, i)) remarks.add("the digraph <:", kHidden);
    if (list.text_of(i) != "[") continue;
    if (!closes_bracket(list, i)) remarks.add("a [ that is not closed where it stands", kHidden);
    size_t next = i + 1;
    while (next < list.tokens.size() && empty.contains(list.text_of(next))) {
      ++next;
      if (next < list.tokens.size() && list.text_of(next) == "(") next = behind_group(list, next);
    }
    if (next > i + 1 && next < list.tokens.size() && list.text_of(next) == "[")
      remarks.add("[ and [ with an empty macro between them", kHidden);
  }
}

}  // namespace ke
