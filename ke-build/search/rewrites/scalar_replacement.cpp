// SPDX-License-Identifier: MIT
// A local object that is a few numbers (a filter's state, running moments, a vector) becomes one variable for
// each field, and its functions are written out where they are called: what a loop does with them can be seen
// then.
#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/object_variables.h"
#include "ke-build/search/rewrites/support.h"

#include <algorithm>

namespace ke {
namespace {

struct ClassTexts {
  const std::string &source, &headers;
};

struct Object {
  std::string name;
  Class of;
  std::vector<Expr> arguments;
  bool listed = false;  // in braces
};

std::vector<Expr> arguments_in(const std::string& text) {
  if (trim(text).empty()) return {};
  const Expr call = parse_expression("f(" + text + ")");
  return call.is(Expr::Kind::call, "f") ? call.kids : std::vector<Expr>{Expr{}};
}

// `const T name(a, b);`, `T name{a, b};`, `T name = {a, b};`
std::optional<Object> declared_object(const std::string& declaration, const ClassTexts& texts) {
  std::string text = trim(declaration);
  if (!ends_with(text, ";")) return std::nullopt;
  text = trim(text.substr(0, text.size() - 1));
  if (starts_with(text, "const ")) text = trim(text.substr(6));
  const size_t open = text.find_first_of("({");
  if (open == std::string::npos || (text.back() != ')' && text.back() != '}')) return std::nullopt;
  const bool listed = text[open] == '{';
  if (!listed && trim(text.substr(open + 1)) == ")") return std::nullopt;  // declares a function
  std::string head = trim(text.substr(0, open));
  if (ends_with(head, "=")) head = trim(head.substr(0, head.size() - 1));
  const size_t space = head.rfind(' ');
  if (space == std::string::npos) return std::nullopt;
  auto of = read_class(texts.source, trim(head.substr(0, space)), texts.headers);
  if (!of) return std::nullopt;
  Object object{head.substr(space + 1), *std::move(of),
                arguments_in(text.substr(open + 1, text.size() - open - 2)), listed};
  const bool read = std::none_of(object.arguments.begin(), object.arguments.end(),
                                 [](const Expr& e) { return e.is(Expr::Kind::opaque); });
  return read && identifiers(object.name).count(object.name) ? std::optional(std::move(object))
                                                             : std::nullopt;
}

std::optional<Object> object_of(const Stmt& s, const ClassTexts& texts) {
  if (s.is(Stmt::Kind::opaque)) return declared_object(s.text, texts);
  if (!s.is(Stmt::Kind::declare) || s.has_init || !s.dims.empty()) return std::nullopt;
  auto of = read_class(texts.source, s.type, texts.headers);
  return of ? std::optional(Object{s.name, *std::move(of), {}, false}) : std::nullopt;
}

// From the declaration to the end of its list, back to front, so that places in the text stay what they are.
std::optional<std::string> without_object(const Unit& unit, const Function& function, const Stmts& list,
                                          size_t at, const Object& object) {
  ObjectVariables variables(unit, function, object.name, object.of);
  const auto declaration = variables.construct(object.arguments, object.listed);
  if (!declaration) return std::nullopt;
  std::vector<std::pair<const Stmt*, Stmts>> edits;
  for (size_t i = at + 1; i < list.size(); ++i) {
    if (!says(list[i], object.name)) continue;
    auto made = variables.rewritten(list[i]);
    if (!made) return std::nullopt;
    edits.emplace_back(&list[i], *std::move(made));
  }
  if (edits.empty()) return std::nullopt;
  Unit edited = unit;
  for (size_t i = edits.size(); i-- > 0;)
    edited.text = replace_statement(edited, *edits[i].first, edits[i].second);
  edited.text = replace_statement(edited, list[at], *declaration);
  return parses_as_well(unit, edited.text) ? std::optional(edited.text) : std::nullopt;
}

void visit(const Unit& unit, const std::string& headers, const Function& function, const Stmts& list,
           std::vector<Rewritten>& out) {
  for (size_t i = 0; i < list.size(); ++i) {
    visit(unit, headers, function, list[i].body, out);
    visit(unit, headers, function, list[i].otherwise, out);
    const auto object = object_of(list[i], {unit.text, headers});
    if (!object) continue;
    if (const auto text = without_object(unit, function, list, i, *object))
      out.push_back({*text, object->of.name + " " + object->name + ", line " + std::to_string(list[i].line)});
  }
}

}  // namespace

std::vector<Rewritten> scalar_replacement(const Unit& unit, const RewriteRules& rules, int) {
  std::vector<Rewritten> out;
  if (!rules.cpp) return out;
  for (const Function& function : unit.functions) visit(unit, rules.headers, function, function.body, out);
  return out;
}

}  // namespace ke
