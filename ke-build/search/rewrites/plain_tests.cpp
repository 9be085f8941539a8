// SPDX-License-Identifier: MIT
#include "ke-build/search/rewrites/plain_tests.h"

#include "ke-build/base/text.h"

#include <algorithm>

namespace ke {
namespace {

bool says_operator(const std::string& text, const std::string& op) {
  constexpr size_t kWord = 8;  // operator
  for (size_t at = text.find("operator"); at != std::string::npos; at = text.find("operator", at + 1)) {
    const size_t next = text.find_first_not_of(" \t", at + kWord);
    if (next != std::string::npos && text.compare(next, op.size(), op) == 0) return true;
  }
  return false;
}

bool says(const Unit& unit, const RewriteRules& rules, const std::string& word) {
  return unit.text.find(word) != std::string::npos || rules.headers.find(word) != std::string::npos;
}

bool is_shared(const std::string& type) {
  return type.find("volatile") != std::string::npos || type.find("atomic") != std::string::npos;
}

// `again:` at the start of a line.
bool starts_with_label(const std::string& line) {
  size_t at = 0;
  while (at < line.size() && is_word_character(line[at])) ++at;
  const std::string word = line.substr(0, at);
  at = line.find_first_not_of(' ', at);
  return !word.empty() && word != "default" && at != std::string::npos && line[at] == ':' &&
         line.compare(at, 2, "::") != 0;
}

bool has_label_in(const std::string& text) {
  if (identifiers(text).count("goto")) return true;
  const std::vector<std::string> lines = split(text, '\n');
  return std::any_of(lines.begin(), lines.end(),
                     [](const std::string& line) { return starts_with_label(trim(line)); });
}

}  // namespace

bool overloads_equality(const Unit& unit, const RewriteRules& rules) {
  for (const char* op : {"==", "!=", "<=>"})
    if (says_operator(unit.text, op) || says_operator(rules.headers, op)) return true;
  return false;
}

bool may_be_tested_again(const Expr& value, const Unit& unit, const RewriteRules& rules,
                         const Symbols& symbols) {
  const Effects effects = effects_of(value, symbols.pure);
  if (effects.unknown || !effects.scalar_writes.empty() || overloads_equality(unit, rules)) return false;
  const bool shared = says(unit, rules, "volatile") || says(unit, rules, "atomic");
  for (const Access& a : effects.accesses) {
    const auto base = symbols.types.find(a.base);
    if (a.write || (shared && (base == symbols.types.end() || element_type(base->second).empty())))
      return false;
  }
  bool plain = true;
  walk(value, [&](const Expr& e) {
    if (e.is(Expr::Kind::member)) plain = plain && !shared;
    if (!e.is(Expr::Kind::name)) return;
    const auto known = symbols.types.find(e.text);
    plain = plain && (known == symbols.types.end() ? !shared : !is_shared(known->second));
  });
  return plain;
}

bool has_labels(const Function& function) {
  bool found = false;
  walk(function.body,
       [&](const Stmt& s) { found = found || (s.is(Stmt::Kind::opaque) && has_label_in(s.text)); });
  return found;
}

bool may_be_copied(const Stmts& statements) {
  bool fine = true;
  walk(statements, [&](const Stmt& s) {
    if (!s.is(Stmt::Kind::opaque)) return;
    const std::set<std::string> words = identifiers(s.text);
    for (const char* word : {"static", "thread_local", "asm", "__asm__", "__asm"})
      fine = fine && words.count(word) == 0;
    fine = fine && s.text.find('#') == std::string::npos && !has_label_in(s.text);
  });
  return fine;
}

}  // namespace ke
