// SPDX-License-Identifier: MIT
#include "ke-build/search/rewrites/object_variables.h"

#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/support.h"

namespace ke {

ObjectVariables::ObjectVariables(const Unit& unit, const Function& function, std::string name,
                                 const Class& of)
    : function_(function),
      object_(std::move(name)),
      fields_(named(*this, of)),
      inliner_(of, fields_, symbols_of(unit, function),
               [this](const std::string& wanted) { return fresh(object_ + "_" + wanted); }) {}

std::map<std::string, std::string> ObjectVariables::named(ObjectVariables& self, const Class& of) {
  std::map<std::string, std::string> names;
  for (const Field& field : of.fields) {
    std::string name = field.name;
    while (ends_with(name, "_")) name.pop_back();
    names[field.name] = self.fresh(self.object_ + "_" + name);
  }
  return names;
}

std::string ObjectVariables::fresh(const std::string& wanted) {
  std::string name = fresh_name(function_, wanted);
  for (int i = 2; !taken_.insert(name).second; ++i) name = fresh_name(function_, wanted + std::to_string(i));
  return name;
}

std::optional<Stmts> ObjectVariables::rewritten(const Stmt& s) {
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
  return mentions(*made, object_) ? std::nullopt : made;
}

// `filter.process(x)`, `follower(x)`
std::string ObjectVariables::function_of(const Expr& e) const {
  if (!e.is(Expr::Kind::call)) return "";
  if (e.text == object_) return "operator()";
  return starts_with(e.text, object_ + ".") ? e.text.substr(object_.size() + 1) : "";
}

void ObjectVariables::name_fields(Expr& e) const {
  for (Expr& kid : e.kids) name_fields(kid);
  if (!e.is(Expr::Kind::member) || !starts_with(e.text, ".") ||
      !bare(e.kids[0]).is(Expr::Kind::name, object_))
    return;
  const auto field = fields_.find(e.text.substr(1));
  if (field != fields_.end()) e = Expr::name(field->second);
}

void ObjectVariables::name_fields(Stmts& statements) const {
  for (Stmt& s : statements) {
    for (Expr* e : {&s.lower, &s.upper, &s.value}) name_fields(*e);
    for (Expr& size : s.dims) name_fields(size);
    if (s.is(Stmt::Kind::jump) && starts_with(s.text, "return ") && identifiers(s.text).count(object_)) {
      Expr value = parse_expression(s.text.substr(7, s.text.rfind(';') - 7));
      name_fields(value);
      s.text = "return " + to_text(value) + ";";
    }
    name_fields(s.body);
    name_fields(s.otherwise);
  }
}

bool says(const Stmt& s, const std::string& name) {
  bool found = mentions(s, name);
  walk({s}, [&](const Stmt& part) { found = found || identifiers(part.text).count(name) != 0; });
  walk_expressions({s}, [&](const Expr& e) {
    found = found || (e.is(Expr::Kind::call) && identifiers(e.text).count(name) != 0);
  });
  return found;
}

}  // namespace ke
