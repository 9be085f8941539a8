// SPDX-License-Identifier: MIT
#include "ke-build/search/rewrites/inline_method.h"

#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/returned_value.h"
#include "ke-build/search/rewrites/support.h"
#include "ke-build/search/rewrites/value_range.h"

#include <algorithm>

namespace ke {
namespace {

constexpr int kDeepest = 6;  // functions that call functions

bool is_plain_type(const std::string& type) {
  const std::string t = value_type(type);
  return t == "bool" || is_floating_type(t) || is_integer_type(t) || type.find('*') != std::string::npos;
}

// `const float&` of a number is the number.
std::string by_value(const std::string& type) {
  const bool reference = ends_with(type, "&") && starts_with(type, "const ");
  return reference ? trim(type.substr(0, type.size() - 1)) : type;
}

Expr converted(const std::string& type, const Expr& value, const Symbols& symbols) {
  const std::string to = value_type(type);
  if (to.empty() || floating_type_of(value, symbols) == to) return value;
  return {Expr::Kind::cast, to, {Expr{Expr::Kind::group, "", {value}}}};
}

bool has_call(const Expr& e, const std::function<bool(const Expr&)>& is_call) {
  bool found = false;
  walk(e, [&](const Expr& part) { found = found || is_call(part); });
  return found;
}

}  // namespace

MethodInliner::MethodInliner(const Class& owner, std::map<std::string, std::string> fields,
                             const Symbols& symbols, std::function<std::string(const std::string&)> fresh)
    : owner_(owner), fields_(std::move(fields)), symbols_(symbols), fresh_(std::move(fresh)) {
  for (const Field& field : owner_.fields) symbols_.types[fields_.at(field.name)] = field.type;
}

const Method* MethodInliner::find(const std::string& name, size_t arguments) const {
  const Method* found = nullptr;
  for (const Method& m : owner_.methods) {
    if (m.name != name || (m.parameters.size() != arguments && !m.optional)) continue;
    if (found) return nullptr;
    found = &m;
  }
  const bool whole = found && found->defined && found->parameters.size() == arguments;
  return whole ? found : nullptr;
}

// A name of the class's surroundings may be another thing where the call stands.
bool MethodInliner::is_hidden(const Method& method, const Stmts& body) const {
  const Effects own = effects_of(body);
  const auto hidden = [&](const std::string& name) {
    if (own.declared.count(name) || symbols_.types.count(name) == 0) return false;
    if (method.callers.count(name) != 0) return false;
    return fields_.count(name) == 0 && std::none_of(method.parameters.begin(), method.parameters.end(),
                                                    [&](const Parameter& p) { return p.name == name; });
  };
  bool found = false;
  walk(body, [&](const Stmt& s) {
    if (!s.is(Stmt::Kind::jump)) return;
    for (const std::string& name : identifiers(s.text)) found = found || hidden(name);
  });
  walk_expressions(body, [&](const Expr& e) {
    const bool word = e.is(Expr::Kind::name) || e.is(Expr::Kind::call) || e.is(Expr::Kind::opaque);
    for (const std::string& name : word ? identifiers(e.text) : std::set<std::string>{})
      found = found || hidden(name);
  });
  return found;
}

// What the parameters stand for; statements that make it come first.
bool MethodInliner::bind(const Method& method, const std::vector<Expr>& arguments, Stmts& head, Stmts& body) {
  const std::set<std::string> written = effects_of(body).scalar_writes;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const Parameter& p = method.parameters[i];
    const std::string type = by_value(p.type);
    if (p.name.empty() || type.find('&') != std::string::npos || !is_plain_type(type)) return false;
    const Expr& argument = bare(arguments[i]);
    const auto known = symbols_.types.find(argument.text);
    const bool same_type = argument.is(Expr::Kind::name) && known != symbols_.types.end() &&
                           value_type(known->second) == value_type(type);
    const bool steady = same_type && symbols_.values.count(argument.text) != 0;
    if (steady && !written.count(p.name)) {
      substitute(body, p.name, argument);
      continue;
    }
    const std::string name = fresh_(p.name);
    const bool constant = written.count(p.name) == 0 && !starts_with(type, "const");
    head.push_back(make_declare((constant ? "const " : "") + type, name, argument));
    rename(body, p.name, name);
  }
  return true;
}

std::optional<MethodInliner::Inlined> MethodInliner::expand(const Method& method, Stmts body,
                                                            const std::vector<Expr>& arguments, int depth) {
  if (has_opaque(body) || has_inner_loop(body) || is_hidden(method, body)) return std::nullopt;
  if (!rename_own(method, body)) return std::nullopt;
  Stmts head;
  if (!bind(method, arguments, head, body) || !inline_own_calls(body, depth)) return std::nullopt;
  // Numbers have a type of their own only beside others.
  auto read = returned_value(body, [&](const Expr& e) {
    return bare(e).is(Expr::Kind::number) ? e : converted(method.return_type, e, symbols_);
  });
  if (!read) return std::nullopt;
  Inlined out{std::move(head), std::nullopt};
  out.before.insert(out.before.end(), read->before.begin(), read->before.end());
  if (!read->value) return out;
  if (!is_plain_type(method.return_type)) return std::nullopt;
  out.value = converted(method.return_type, *read->value, symbols_);
  // The next call may change what this one returned.
  const Effects effects = effects_of(read->before, symbols_.pure);
  const bool own =
      bare(*out.value).is(Expr::Kind::name) && effects.declared.count(bare(*out.value).text) != 0;
  if (!effects.scalar_writes.empty() && !own) {
    const std::string name = fresh_("result");
    out.before.push_back(make_declare("const " + value_type(method.return_type), name, *out.value));
    out.value = Expr::name(name);
  }
  return out;
}

// Locals get names of their own, fields those of their variables.
bool MethodInliner::rename_own(const Method& method, Stmts& body) {
  for (const std::string& local : effects_of(body).declared) rename(body, local, fresh_(local));
  walk(body, [&](const Stmt& s) {
    if (s.is(Stmt::Kind::declare)) symbols_.types[s.name] = s.type;
  });
  return rename_own_fields(method, body);
}

bool MethodInliner::rename_own_fields(const Method& method, Stmts& body) const {
  for (const auto& [field, variable] : fields_) {
    for (const Parameter& p : method.parameters)
      if (p.name == field || p.name == variable) return false;
    rename(body, field, variable);
  }
  return true;
}

std::optional<MethodInliner::Inlined> MethodInliner::call(const std::string& name,
                                                          const std::vector<Expr>& arguments, int depth) {
  const Method* method = find(name, arguments.size());
  return method && depth < kDeepest ? expand(*method, method->body, arguments, depth) : std::nullopt;
}

std::optional<Stmts> MethodInliner::construct(const std::vector<Expr>& arguments, bool listed) {
  const Method* found = nullptr;
  for (const Method& m : owner_.constructors) {
    if (m.parameters.size() != arguments.size() && !m.optional) continue;
    if (found) return std::nullopt;
    found = &m;
  }
  if (found && (!found->defined || found->parameters.size() != arguments.size())) return std::nullopt;
  const bool aggregate = owner_.constructors.empty();
  if ((!found && !aggregate) || (aggregate && arguments.size() > owner_.fields.size())) return std::nullopt;
  Stmts body;
  for (size_t i = 0; i < owner_.fields.size(); ++i) {
    const Field& field = owner_.fields[i];
    std::optional<Expr> start = field.start;
    if (found)
      for (const auto& [name, value] : found->starts)
        if (name == field.name) start = value;
    if (!is_plain_type(field.type)) return std::nullopt;
    Stmt declared = make_declare(field.type, fields_.at(field.name), Expr::number(0));
    if (aggregate && i < arguments.size()) start = arguments[i];
    declared.has_init = start.has_value() || (aggregate && listed);
    if (start) declared.value = *start;
    body.push_back(std::move(declared));
  }
  if (!found) return body;
  Stmts starts = body;
  starts.insert(starts.end(), found->body.begin(), found->body.end());
  if (has_opaque(starts)) return std::nullopt;
  Stmts head;
  if (!rename_own_fields(*found, starts) || !bind(*found, arguments, head, starts) ||
      !inline_own_calls(starts, 0))
    return std::nullopt;
  for (const Stmt& s : found->body)
    if (effects_of(Stmts{s}).leaves) return std::nullopt;
  head.insert(head.end(), starts.begin(), starts.end());
  return head;
}

// Functions of the class that call each other.
bool MethodInliner::inline_own_calls(Stmts& body, int depth) {
  const auto is_own = [&](const Expr& e) {
    return e.is(Expr::Kind::call) && find(e.text, e.kids.size()) != nullptr;
  };
  auto made = replace_calls(body, is_own, [&](const Expr& call_, Stmts* before) -> std::optional<Expr> {
    auto inlined = call(call_.text, call_.kids, depth + 1);
    if (!inlined || (!inlined->before.empty() && !before)) return std::nullopt;
    if (before) before->insert(before->end(), inlined->before.begin(), inlined->before.end());
    return inlined->value ? inlined->value : std::optional(Expr{});
  });
  if (!made) return false;
  body = *std::move(made);
  return true;
}

std::optional<Expr> replace_calls(const Expr& e, const std::function<bool(const Expr&)>& is_call,
                                  const CallInliner& inlined, Stmts* before) {
  // Only one side is evaluated.
  const bool chooses =
      e.is(Expr::Kind::conditional) || e.is(Expr::Kind::binary, "&&") || e.is(Expr::Kind::binary, "||");
  Expr copy = e;
  for (size_t i = 0; i < e.kids.size(); ++i) {
    auto kid = replace_calls(e.kids[i], is_call, inlined, chooses && i > 0 ? nullptr : before);
    if (!kid) return std::nullopt;
    copy.kids[i] = *std::move(kid);
  }
  if (!is_call(e)) return copy;
  auto value = inlined(copy, before);
  if (!value || value->kids.empty()) return value;
  return Expr{Expr::Kind::group, "", {*std::move(value)}};
}

std::optional<Stmts> replace_calls(const Stmts& statements, const std::function<bool(const Expr&)>& is_call,
                                   const CallInliner& inlined) {
  Stmts out;
  for (const Stmt& s : statements) {
    Stmt copy = s;
    if (s.is(Stmt::Kind::jump) && starts_with(s.text, "return ")) {
      const Expr value = parse_expression(s.text.substr(7, s.text.rfind(';') - 7));
      if (has_call(value, is_call)) {
        auto made = replace_calls(value, is_call, inlined, &out);
        if (!made) return std::nullopt;
        copy.text = "return " + to_text(bare(*made)) + ";";
      }
      out.push_back(std::move(copy));
      continue;
    }
    for (Expr* bound : {&copy.lower, &copy.upper}) {
      auto made = replace_calls(*bound, is_call, inlined, nullptr);
      if (!made) return std::nullopt;
      *bound = *std::move(made);
    }
    const bool once = s.is(Stmt::Kind::declare) || s.is(Stmt::Kind::expression) || s.is(Stmt::Kind::branch);
    const bool alone = s.is(Stmt::Kind::expression) && is_call(bare(s.value));
    auto value = alone ? inlined(bare(s.value), &out)
                       : replace_calls(s.value, is_call, inlined, once ? &out : nullptr);
    if (!value) return std::nullopt;
    if (alone) continue;  // its value is dropped
    copy.value = *std::move(value);
    for (auto [from, to] : {std::pair{&s.body, &copy.body}, std::pair{&s.otherwise, &copy.otherwise}}) {
      auto made = replace_calls(*from, is_call, inlined);
      if (!made) return std::nullopt;
      *to = *std::move(made);
    }
    out.push_back(std::move(copy));
  }
  return out;
}

}  // namespace ke
