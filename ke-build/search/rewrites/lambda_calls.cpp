// SPDX-License-Identifier: MIT
#include "ke-build/search/rewrites/lambda_calls.h"

#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/plain_type.h"
#include "ke-build/search/rewrites/returned_value.h"
#include "ke-build/search/rewrites/support.h"

#include <algorithm>

namespace ke {

// A body with its value as the last statement, so that names are changed in both together.
struct LambdaCalls::Work {
  Stmts head, body;
  bool may_precede = false;
};

namespace {

std::string without_reference(const std::string& type) {
  return ends_with(type, "&") ? trim(type.substr(0, type.size() - 1)) : type;
}

bool is_deduced(const std::string& type) { return identifiers(type).count("auto") != 0; }

bool is_atom_of_code(const Expr& e) { return e.is(Expr::Kind::name) || e.is(Expr::Kind::number); }

size_t returns_in(const Stmts& statements) {
  size_t returns = 0;
  walk(statements,
       [&](const Stmt& s) { returns += s.is(Stmt::Kind::jump) && starts_with(s.text, "return"); });
  return returns;
}

bool is_value_type(const std::string& type) {
  const std::string plain = value_type(type);
  return plain == "bool" || is_plain_number(plain);
}

}  // namespace

LambdaCalls::LambdaCalls(const Lambda& lambda, const Symbols& symbols, const std::set<std::string>& reading,
                         std::function<std::string(const std::string&)> fresh)
    : lambda_(lambda), symbols_(symbols), fresh_(std::move(fresh)), effects_(effects_of(lambda, reading)) {
  only_reads_ = !effects_.unknown && effects_.scalar_writes.empty();
  for (const Access& access : effects_.accesses)
    only_reads_ = only_reads_ && (!access.write || effects_.declared.count(access.base) != 0);
  loops_ = has_inner_loop(lambda.body);
}

// Locals get names of their own. One that hides a name which the body also has from outside would change that
// one, too.
bool LambdaCalls::rename_own(Stmts& statements) {
  const std::set<std::string> outside = free_names(lambda_);
  for (const std::string& local : effects_of(statements).declared) {
    const bool hides =
        outside.count(local) != 0 || std::any_of(lambda_.parameters.begin(), lambda_.parameters.end(),
                                                 [&](const Parameter& p) { return p.name == local; });
    if (hides) return false;
    rename(statements, local, fresh_(local));
  }
  walk(statements, [&](const Stmt& s) {
    if (s.is(Stmt::Kind::loop) || s.is(Stmt::Kind::declare))
      symbols_.types[s.name] = s.dims.empty() ? s.type : s.type + "[]";
  });
  return true;
}

bool LambdaCalls::bind(const Parameter& parameter, const Expr& raw, Work& work) {
  if (parameter.name.empty()) return true;  // and the argument does nothing
  const std::string& type = parameter.type;
  if (ends_with(type, "&&") || type.find("volatile") != std::string::npos ||
      type.find("...") != std::string::npos)
    return false;
  const Expr& argument = bare(raw);
  const bool reference = ends_with(type, "&"), constant = starts_with(type, "const");
  const std::string own = without_reference(type), known = plain_type_of(argument, symbols_);
  const bool pointer = own.find('*') != std::string::npos;
  const bool written = effects_of(work.body).scalar_writes.count(parameter.name) != 0;
  const Effects read = effects_of(argument, symbols_.pure);
  bool steady = read.accesses.empty() || only_reads_;
  for (const std::string& name : read.scalar_reads) steady = steady && !effects_.scalar_writes.count(name);
  if (!pointer && !is_deduced(own) && !is_value_type(own)) return false;
  const bool same_type = is_deduced(own) || (!pointer && !known.empty() && known == value_type(own));
  if (reference && !constant) {
    // The caller's own element: its place must stay the same while the body runs.
    bool place = argument.is(Expr::Kind::name) ||
                 (argument.is(Expr::Kind::subscript) && argument.kids[0].is(Expr::Kind::name));
    if (argument.is(Expr::Kind::subscript))
      place = place && effects_of(argument.kids[1], symbols_.pure).accesses.empty();
    for (const std::string& name : read.scalar_reads)
      place = place && (argument.is(Expr::Kind::name) || !effects_.scalar_writes.count(name));
    if (!place || known.empty()) return false;
    substitute(work.body, parameter.name, argument);
    return true;
  }
  // What a reference shows may change with what the body writes.
  if (reference && !only_reads_ && !argument.is(Expr::Kind::number)) return false;
  const bool simple = is_atom_of_code(argument);
  const bool once = !loops_ && uses_of(work.body, parameter.name) <= 1;
  if (!written && steady && same_type && (simple || once || !work.may_precede)) {
    substitute(work.body, parameter.name, argument);
    return true;
  }
  if (work.may_precede) {
    const std::string base = !is_deduced(own) ? own : known.empty() ? "auto" : known;
    const bool fixed = !written && !starts_with(base, "const") && !pointer;
    work.head.push_back(make_declare((fixed ? "const " : "") + base, parameter.name, argument));
    symbols_.types[parameter.name] = base;
    return true;
  }
  if (written || !steady || pointer || is_deduced(own)) return false;
  substitute(work.body, parameter.name,
             Expr{Expr::Kind::cast, value_type(own), {Expr{Expr::Kind::group, "", {argument}}}});
  return true;
}

std::optional<Expr> LambdaCalls::result(const Expr& value, bool one_return, Work& work) {
  const std::string& type = lambda_.return_type;
  const Expr& plain = bare(value);
  if (ends_with(type, "&") || type == "decltype(auto)") {
    const bool place = plain.is(Expr::Kind::subscript) && work.head.empty() && work.body.size() == 1;
    return place && !ends_with(type, "&&") ? std::optional(plain) : std::nullopt;
  }
  Expr made = value;
  if (!type.empty() && !is_deduced(type)) {
    if (!is_value_type(type)) return std::nullopt;
    const std::string known = plain_type_of(value, symbols_);
    // Several returns became one selection, which has another type than each of them.
    if (known != value_type(type)) {
      if (!one_return) return std::nullopt;
      made = Expr{Expr::Kind::cast, value_type(type), {Expr{Expr::Kind::group, "", {plain}}}};
    }
  }
  return made;
}

std::optional<MethodInliner::Inlined> LambdaCalls::call(const std::vector<Expr>& arguments,
                                                        bool may_precede) {
  if (arguments.size() != lambda_.parameters.size()) return std::nullopt;
  if (!only_reads_ && !may_precede) return std::nullopt;
  auto read = returned_value(lambda_.body);
  if (!read || has_opaque(read->before)) return std::nullopt;
  const bool valued = read->value.has_value(), one_return = returns_in(lambda_.body) == 1;
  if (!read->before.empty() && !may_precede) return std::nullopt;
  for (const Expr& argument : arguments) {
    const Effects effects = effects_of(argument, symbols_.pure);
    if (effects.unknown || !effects.scalar_writes.empty()) return std::nullopt;
  }
  Work work{{}, read->before, may_precede};
  if (valued) work.body.push_back(make_expression(*read->value));
  if (has_opaque(work.body) || !rename_own(work.body)) return std::nullopt;
  // Two steps: an argument may be spelled like another parameter.
  Work marked = work;
  std::vector<Parameter> parameters = lambda_.parameters;
  for (size_t i = 0; i < parameters.size(); ++i) {
    if (parameters[i].name.empty()) continue;
    const std::string mark = fresh_(parameters[i].name + "_in");
    rename(marked.body, parameters[i].name, mark);
    parameters[i].name = mark;
  }
  for (size_t i = 0; i < parameters.size(); ++i)
    if (!bind(parameters[i], arguments[i], marked)) return std::nullopt;
  MethodInliner::Inlined made;
  if (valued) {
    auto value = result(marked.body.back().value, one_return, marked);
    if (!value) return std::nullopt;
    made.value = std::move(value);
    marked.body.pop_back();
  }
  made.before = std::move(marked.head);
  made.before.insert(made.before.end(), marked.body.begin(), marked.body.end());
  if (valued && !only_reads_) {
    // What comes next may change what this call returned.
    const std::string name = fresh_("result");
    const std::string type = plain_type_of(*made.value, symbols_);
    const std::string& said = lambda_.return_type;
    if (ends_with(said, "&")) return std::nullopt;
    made.before.push_back(make_declare("const " + (!said.empty()  ? said
                                                   : type.empty() ? "auto"
                                                                  : type),
                                       name, *made.value));
    made.value = Expr::name(name);
  }
  return made;
}

}  // namespace ke
