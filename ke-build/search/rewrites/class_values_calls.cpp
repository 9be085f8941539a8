// SPDX-License-Identifier: MIT
// Helpers, operators and functions of classes in the place of their calls.
#include "ke-build/search/rewrites/class_values.h"
#include "ke-build/search/rewrites/class_words.h"
#include "ke-build/search/rewrites/returned_value.h"

#include <algorithm>

namespace ke {

ClassValues::Value ClassValues::made_of(const std::string& type, const std::vector<Expr>& arguments,
                                        ClassScope& scope, int depth) {
  const Layout* layout = layouts_.find(type);
  if (!layout) return std::nullopt;
  const Class& of = layout->of;
  ClassScope inner = scope;
  std::vector<Expr> starts = arguments;
  if (!of.constructors.empty()) {
    // One that only says what the fields begin with.
    const Method* found = nullptr;
    for (const Method& m : of.constructors) {
      if (m.parameters.size() != arguments.size() && !m.optional) continue;
      if (found) return std::nullopt;
      found = &m;
    }
    if (!found || !found->defined || !found->body.empty() || found->parameters.size() != arguments.size())
      return std::nullopt;
    inner.clear();
    for (size_t i = 0; i < arguments.size(); ++i) {
      const words::Plainly as = words::plainly(found->parameters[i].type);
      const auto value = words::is_number_type(as.type) ? number(arguments[i], scope, depth) : std::nullopt;
      if (!value) return std::nullopt;
      inner[found->parameters[i].name] = {
          "", {declared(value_type(as.type), fresh(found->parameters[i].name), *value, true)}};
    }
    starts.clear();
    // What a field begins with must not be read from another field.
    for (const Field& field : of.fields)
      if (!inner.count(field.name)) inner[field.name] = {"?", {}};
    for (const Field& field : of.fields) {
      std::optional<Expr> start = field.start;
      for (const auto& [name, value] : found->starts)
        if (name == field.name) start = value;
      if (!start) return std::nullopt;
      starts.push_back(*start);
    }
    depth = std::max(depth, 1);
  }
  if (starts.size() != of.fields.size()) return std::nullopt;
  ClassValue out{of.name, {}};
  for (size_t i = 0; i < starts.size(); ++i) {
    const Field& field = of.fields[i];
    const bool plain = words::is_number_type(field.type);
    const auto value = eval(starts[i], inner, depth, plain ? "" : field.type);
    if (!value || value->type.empty() != plain ||
        (!plain && words::last_name(value->type) != words::last_name(field.type)))
      return std::nullopt;
    for (const Expr& leaf : value->leaves) {
      if (!may_compute(leaf)) return std::nullopt;
      out.leaves.push_back(leaf);
    }
  }
  return settled(out, "made");
}

std::optional<std::vector<ClassValue>> ClassValues::evaluated(const std::vector<Expr>& list,
                                                              ClassScope& scope, int depth) {
  std::vector<ClassValue> out;
  for (const Expr& e : list) {
    const auto value = eval(e, scope, depth);
    if (!value) return std::nullopt;
    out.push_back(*value);
  }
  return out;
}

ClassValues::Value ClassValues::call(const Expr& e, ClassScope& scope, int depth) {
  if (layouts_.find(e.text)) return made_of(e.text, e.kids, scope, depth);
  const auto read = evaluated(e.kids, scope, depth);
  if (!read) return std::nullopt;
  const std::vector<ClassValue>& arguments = *read;
  const bool plain =
      std::all_of(arguments.begin(), arguments.end(), [](const ClassValue& v) { return v.type.empty(); });
  if (const size_t dot = e.text.find('.'); dot != std::string::npos) {
    const auto object = eval(Expr::name(e.text.substr(0, dot)), scope, depth);
    return object ? method(*object, e.text.substr(dot + 1), arguments, depth, false) : std::nullopt;
  }
  // A function of the class itself hides all others of that name.
  if (const auto itself = scope.find(words::kItself); itself != scope.end()) {
    const Layout* layout = layouts_.find(itself->second.type);
    const auto own = [&](const Method& m) { return m.name == e.text; };
    if (layout && std::any_of(layout->of.methods.begin(), layout->of.methods.end(), own))
      return method(itself->second, e.text, arguments, depth, false);
  }
  const bool known = starts_with(e.text, "std::") || starts_with(e.text, "static_cast<") ||
                     !unit_.find(words::last_name(e.text));
  // Which one, the library's or the project's?
  if (plain && !known && is_pure_call(e.text, {})) return std::nullopt;
  if (!plain || !known) return invoke(words::last_name(e.text), arguments, depth, false);
  Expr copy = e;
  for (size_t i = 0; i < e.kids.size(); ++i) copy.kids[i] = arguments[i].leaves[0];
  if (!may_compute(copy) || own_.types.count(e.text)) return std::nullopt;
  return ClassValue{"", {copy}};
}

ClassValues::Value ClassValues::method(const ClassValue& object, const std::string& name,
                                       const std::vector<ClassValue>& arguments, int depth, bool statement) {
  const Layout* layout = layouts_.find(object.type);
  if (!layout) return std::nullopt;
  const Method* found = nullptr;
  for (const Method& m : layout->of.methods) {
    if (m.name != name || (m.parameters.size() != arguments.size() && !m.optional)) continue;
    if (found) return std::nullopt;
    found = &m;
  }
  if (!found || !found->defined || found->parameters.size() != arguments.size()) return std::nullopt;
  ClassScope scope;
  for (const Field& f : layout->of.fields) scope[f.name] = *part_of(object, f.name);
  scope[words::kItself] = object;
  return run(found->parameters, found->body, found->return_type, arguments, scope, depth, statement);
}

// Is there a declaration of that name that takes something else? Its definition may be anywhere.
bool ClassValues::is_overloaded(const Function& function) {
  if (!prototypes_) {
    prototypes_ = prototypes_in(unit_.text);
    const auto more = prototypes_in(layouts_.headers());
    prototypes_->insert(prototypes_->end(), more.begin(), more.end());
  }
  return std::any_of(prototypes_->begin(), prototypes_->end(), [&](const Function& p) {
    if (p.name != function.name || p.parameters.size() != function.parameters.size()) return false;
    return !std::equal(p.parameters.begin(), p.parameters.end(), function.parameters.begin(),
                       [](const Parameter& a, const Parameter& b) {
                         return replace_all(a.type, " ", "") == replace_all(b.type, " ", "");
                       });
  });
}

// The one function that takes these arguments as they are.
ClassValues::Value ClassValues::invoke(const std::string& name, const std::vector<ClassValue>& arguments,
                                       int depth, bool statement) {
  std::vector<const Function*> found;
  for (const std::vector<Function>* list : {&unit_.functions, &unit_.others})
    for (const Function& f : *list) {
      if (f.name != name || f.member || f.parameters.size() != arguments.size()) continue;
      if (f.entry || f.template_begin != 0) return std::nullopt;
      bool fits = true;
      for (size_t i = 0; i < arguments.size(); ++i) {
        const words::Plainly as = words::plainly(f.parameters[i].type);
        fits = fits &&
               (arguments[i].type.empty() ? words::is_number_type(as.type) && (!as.reference || as.constant)
                                          : words::last_name(as.type) == words::last_name(arguments[i].type));
      }
      if (fits) found.push_back(&f);
    }
  const bool object = starts_with(name, "operator") && !arguments.empty() && !arguments[0].type.empty();
  if (object) {
    const Layout* layout = layouts_.find(arguments[0].type);
    const auto own = [&](const Method& m) { return m.name == name; };
    if (layout && std::any_of(layout->of.methods.begin(), layout->of.methods.end(), own)) {
      if (!found.empty()) return std::nullopt;
      return method(arguments[0], name, {arguments.begin() + 1, arguments.end()}, depth, statement);
    }
  }
  if (found.size() != 1 || is_overloaded(*found[0])) return std::nullopt;
  return run(found[0]->parameters, found[0]->body, found[0]->return_type, arguments, {}, depth, statement);
}

ClassValues::Value ClassValues::run(const std::vector<Parameter>& parameters, const Stmts& body,
                                    const std::string& return_type, const std::vector<ClassValue>& arguments,
                                    ClassScope scope, int depth, bool statement) {
  if (depth >= words::kDeepestCall || has_inner_loop(body) || body.empty()) return std::nullopt;
  // What a call words::changes, the rest of an expression must not see: only calls that stand alone may.
  const std::set<std::string> frozen = frozen_;
  if (!statement) frozen_ = inside_;
  const auto result = bound(parameters, body, return_type, arguments, std::move(scope), depth, statement);
  frozen_ = frozen;
  return result;
}

ClassValues::Value ClassValues::bound(const std::vector<Parameter>& parameters, const Stmts& body,
                                      const std::string& return_type,
                                      const std::vector<ClassValue>& arguments, ClassScope scope, int depth,
                                      bool statement) {
  for (size_t i = 0; i < parameters.size(); ++i) {
    const Parameter& p = parameters[i];
    const words::Plainly as = words::plainly(p.type);
    if (p.name.empty() || (as.reference && !as.constant && (!statement || arguments[i].type.empty())))
      return std::nullopt;
    if (arguments[i].type.empty()) {
      // Another name of what the call words::changes?
      if (statement && as.reference && !arguments[i].leaves[0].is(Expr::Kind::number)) return std::nullopt;
      if (!may_compute(arguments[i].leaves[0])) return std::nullopt;
      const auto type = own_.types.find(arguments[i].leaves[0].text);
      const bool alike = type != own_.types.end() && words::plainly(type->second).type == value_type(as.type);
      if (alike && !statement && !words::changes(body, p.name)) {
        scope[p.name] = arguments[i];
        continue;
      }
      scope[p.name] = {"", {declared(value_type(as.type), fresh(p.name), arguments[i].leaves[0], false)}};
    } else if (as.reference || (!statement && !words::changes(body, p.name))) {
      scope[p.name] = arguments[i];
    } else {
      const ClassValue copy = variables(p.name, *layouts_.find(arguments[i].type));
      for (size_t k = 0; k < copy.leaves.size(); ++k)
        declared(layouts_.find(arguments[i].type)->leaves[k].type, copy.leaves[k].text,
                 arguments[i].leaves[k], false);
      scope[p.name] = copy;
    }
  }
  const bool ends = body.back().is(Stmt::Kind::jump) && starts_with(body.back().text, "return ");
  const Stmts front(body.begin(), body.end() - (ends ? 1 : 0));
  const bool early = effects_of(front).leaves && std::any_of(front.begin(), front.end(), [](const Stmt& s) {
                       return !s.is(Stmt::Kind::opaque) && effects_of(Stmts{s}).leaves;
                     });
  if (early) {
    const auto read = returned_value(body);
    if (!read || !read->value || statement) return std::nullopt;
    if (!statements(read->before, scope, depth + 1)) return std::nullopt;
    return returned(to_text(*read->value), return_type, scope, depth + 1);
  }
  if (!statements(front, scope, depth + 1)) return std::nullopt;
  if (!ends || statement) return statement ? Value(ClassValue{}) : std::nullopt;
  const std::string text = body.back().text.substr(7);
  return returned(text.substr(0, text.rfind(';')), return_type, scope, depth + 1);
}

// Is an assignment's value what was assigned to? An operator of a class may return what it likes.
bool ClassValues::gives_itself(const ClassValue& to, const std::string& op) {
  if (to.type.empty() || op == "=") return true;
  const Layout* layout = layouts_.find(to.type);
  const Method* found = nullptr;
  for (const Method& m : layout->of.methods) {
    if (m.name != "operator" + op) continue;
    if (found) return false;
    found = &m;
  }
  return found && !found->body.empty() && found->body.back().is(Stmt::Kind::jump) &&
         found->body.back().text == "return *this;";
}

ClassValues::Value ClassValues::returned(const std::string& text, const std::string& type, ClassScope& scope,
                                         int depth) {
  const words::Plainly as = words::plainly(type);
  Expr value = parse_expression(text);
  if (starts_with(trim(text), "{")) value = Expr{Expr::Kind::opaque, trim(text), {}};
  // `return a += b;`
  if (const Expr given = bare(value); given.is(Expr::Kind::assign)) {
    const auto to = given.kids[0].is(Expr::Kind::name) ? eval(given.kids[0], scope, depth) : std::nullopt;
    if (!to || !gives_itself(*to, given.text) || !assignment(given, scope, depth)) return std::nullopt;
    value = given.kids[0];
  }
  const auto result = eval(value, scope, depth, as.type);
  if (!result) return std::nullopt;
  if (result->type.empty()) {
    if (!words::is_number_type(value_type(as.type)) || !may_compute(result->leaves[0])) return std::nullopt;
    return ClassValue{"", {declared(value_type(as.type), fresh("result"), result->leaves[0], true)}};
  }
  return words::last_name(result->type) == words::last_name(as.type) || as.type == "auto" ? result
                                                                                          : std::nullopt;
}

}  // namespace ke
