// SPDX-License-Identifier: MIT
// A local object that is a few numbers (a filter's state, running moments, a vector) becomes one variable for
// each field, and its functions are written out where they are called: what a loop does with them can be seen
// then.
#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/inline_method.h"
#include "ke-build/search/rewrites/support.h"

#include <algorithm>

namespace ke {
namespace {

struct Object {
  std::string name;
  Class of;
  std::vector<Expr> arguments;
};

std::vector<Expr> arguments_in(const std::string& text) {
  if (trim(text).empty()) return {};
  const Expr call = parse_expression("f(" + text + ")");
  return call.is(Expr::Kind::call, "f") ? call.kids : std::vector<Expr>{Expr{}};
}

// `const T name(a, b);`, `T name{a, b};`, `T name = {a, b};`
std::optional<Object> declared_object(const std::string& declaration, const std::string& source) {
  std::string text = trim(declaration);
  if (!ends_with(text, ";")) return std::nullopt;
  text = trim(text.substr(0, text.size() - 1));
  if (starts_with(text, "const ")) text = trim(text.substr(6));
  const size_t open = text.find_first_of("({");
  if (open == std::string::npos || (text.back() != ')' && text.back() != '}')) return std::nullopt;
  std::string head = trim(text.substr(0, open));
  if (ends_with(head, "=")) head = trim(head.substr(0, head.size() - 1));
  const size_t space = head.rfind(' ');
  if (space == std::string::npos) return std::nullopt;
  auto of = read_class(source, trim(head.substr(0, space)));
  if (!of) return std::nullopt;
  Object object{head.substr(space + 1), *std::move(of),
                arguments_in(text.substr(open + 1, text.size() - open - 2))};
  const bool read = std::none_of(object.arguments.begin(), object.arguments.end(),
                                 [](const Expr& e) { return e.is(Expr::Kind::opaque); });
  return read && identifiers(object.name).count(object.name) ? std::optional(std::move(object))
                                                             : std::nullopt;
}

std::optional<Object> object_of(const Stmt& s, const std::string& source) {
  if (s.is(Stmt::Kind::opaque)) return declared_object(s.text, source);
  if (!s.is(Stmt::Kind::declare) || s.has_init || !s.dims.empty()) return std::nullopt;
  auto of = read_class(source, s.type);
  return of ? std::optional(Object{s.name, *std::move(of), {}}) : std::nullopt;
}

class Replacement {
 public:
  Replacement(const Unit& unit, const Function& function, const Object& object)
      : function_(function),
        object_(object),
        inliner_(object.of, fields_of(object), symbols_of(unit, function),
                 [this](const std::string& wanted) { return fresh(object_.name + "_" + wanted); }) {}

  std::optional<Stmts> declaration() { return inliner_.construct(object_.arguments); }

  std::optional<Stmts> rewritten(const Stmt& s) {
    auto made = replace_calls(
        Stmts{s}, [&](const Expr& e) { return !function_of(e).empty(); },
        [&](const Expr& call, Stmts* before) -> std::optional<Expr> {
          auto inlined = inliner_.call(function_of(call), call.kids);
          if (!inlined || (!inlined->before.empty() && !before)) return std::nullopt;
          if (before) before->insert(before->end(), inlined->before.begin(), inlined->before.end());
          return inlined->value ? inlined->value : std::optional(Expr{});
        });
    if (!made) return std::nullopt;
    name_fields(*made);
    return mentions(*made, object_.name) ? std::nullopt : made;
  }

 private:
  std::map<std::string, std::string> fields_of(const Object& object) {
    std::map<std::string, std::string> names;
    for (const Field& field : object.of.fields) {
      std::string name = field.name;
      while (ends_with(name, "_")) name.pop_back();
      names[field.name] = fresh(object.name + "_" + name);
    }
    fields_ = names;
    return names;
  }

  std::string fresh(const std::string& wanted) {
    std::string name = fresh_name(function_, wanted);
    for (int i = 2; !taken_.insert(name).second; ++i)
      name = fresh_name(function_, wanted + std::to_string(i));
    return name;
  }

  // `filter.process(x)`, `follower(x)`
  std::string function_of(const Expr& e) const {
    if (!e.is(Expr::Kind::call)) return "";
    if (e.text == object_.name) return "operator()";
    return starts_with(e.text, object_.name + ".") ? e.text.substr(object_.name.size() + 1) : "";
  }

  void name_fields(Expr& e) const {
    for (Expr& kid : e.kids) name_fields(kid);
    if (!e.is(Expr::Kind::member) || !starts_with(e.text, ".") ||
        !bare(e.kids[0]).is(Expr::Kind::name, object_.name))
      return;
    const auto field = fields_.find(e.text.substr(1));
    if (field != fields_.end()) e = Expr::name(field->second);
  }

  void name_fields(Stmts& statements) const {
    for (Stmt& s : statements) {
      for (Expr* e : {&s.lower, &s.upper, &s.value}) name_fields(*e);
      for (Expr& size : s.dims) name_fields(size);
      if (s.is(Stmt::Kind::jump) && starts_with(s.text, "return ") &&
          identifiers(s.text).count(object_.name)) {
        Expr value = parse_expression(s.text.substr(7, s.text.rfind(';') - 7));
        name_fields(value);
        s.text = "return " + to_text(value) + ";";
      }
      name_fields(s.body);
      name_fields(s.otherwise);
    }
  }

  const Function& function_;
  const Object& object_;
  std::set<std::string> taken_;
  std::map<std::string, std::string> fields_;
  MethodInliner inliner_;
};

bool says(const Stmt& s, const std::string& name) {
  bool found = mentions(s, name);
  walk({s}, [&](const Stmt& part) { found = found || identifiers(part.text).count(name) != 0; });
  walk_expressions({s}, [&](const Expr& e) {
    found = found || (e.is(Expr::Kind::call) && identifiers(e.text).count(name) != 0);
  });
  return found;
}

// From the declaration to the end of its list, back to front, so that places in the text stay what they are.
std::optional<std::string> without_object(const Unit& unit, const Function& function, const Stmts& list,
                                          size_t at, const Object& object) {
  Replacement replacement(unit, function, object);
  const auto declaration = replacement.declaration();
  if (!declaration) return std::nullopt;
  std::vector<std::pair<const Stmt*, Stmts>> edits;
  for (size_t i = at + 1; i < list.size(); ++i) {
    if (!says(list[i], object.name)) continue;
    auto made = replacement.rewritten(list[i]);
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

void visit(const Unit& unit, const Function& function, const Stmts& list, std::vector<Rewritten>& out) {
  for (size_t i = 0; i < list.size(); ++i) {
    visit(unit, function, list[i].body, out);
    visit(unit, function, list[i].otherwise, out);
    const auto object = object_of(list[i], unit.text);
    if (!object) continue;
    if (const auto text = without_object(unit, function, list, i, *object))
      out.push_back({*text, object->of.name + " " + object->name + ", line " + std::to_string(list[i].line)});
  }
}

}  // namespace

std::vector<Rewritten> scalar_replacement(const Unit& unit, const RewriteRules& rules, int) {
  std::vector<Rewritten> out;
  if (!rules.cpp) return out;
  for (const Function& function : unit.functions) visit(unit, function, function.body, out);
  return out;
}

}  // namespace ke
