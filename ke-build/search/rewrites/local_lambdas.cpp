// SPDX-License-Identifier: MIT
#include "ke-build/search/rewrites/local_lambdas.h"

#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/loop_forms.h"
#include "ke-build/search/rewrites/plain_type.h"

#include <algorithm>

namespace ke {
namespace {

std::string spaceless(const std::string& text) { return replace_all(text, " ", ""); }

// std::function<float(float, long)>: what it converts from and to must be what the lambda has.
bool agrees(const std::string& type, Lambda& lambda) {
  const std::string head = "std::function<";
  const size_t open = type.find('('), close = type.rfind(")>");
  if (!starts_with(type, head) || open == std::string::npos || close == std::string::npos || close < open)
    return false;
  const std::string returned = trim(type.substr(head.size(), open - head.size()));
  const std::string list = type.substr(open + 1, close - open - 1);
  std::vector<std::string> types = trim(list).empty() ? std::vector<std::string>{} : split(list, ',');
  if (types.size() != lambda.parameters.size() || list.find('<') != std::string::npos) return false;
  for (size_t i = 0; i < types.size(); ++i)
    if (spaceless(types[i]) != spaceless(lambda.parameters[i].type)) return false;
  if (returned.find('&') != std::string::npos) return false;
  if (!lambda.return_type.empty()) return lambda.return_type == returned;
  lambda.return_type = returned == "void" ? "" : returned;
  return true;
}

// `for (long i = 0, n = size; ...)`, `for (float v : x)`, `while (long left = n - i)`
std::set<std::string> names_in_header(const std::string& text) {
  const auto header = header_of(text);
  if (!header) return identifiers(text);
  const std::string& init = header->init;
  if (init.find_first_of(",[(") != std::string::npos) return identifiers(init);
  const size_t end = std::min(init.find('='), init.find(" : "));
  return identifiers(init.substr(0, end));
}

// Calls of the function's own lambdas take values; others may take a reference to what they are given.
bool may_change(const Expr& part, const std::string& name, const Symbols& symbols) {
  const auto is_name = [&](const Expr& e) { return bare(e).is(Expr::Kind::name, name); };
  if (part.is(Expr::Kind::opaque)) {
    const auto lambda = read_lambda(part.text);
    return lambda ? effects_of(*lambda, symbols.pure).scalar_writes.count(name) != 0
                  : identifiers(part.text).count(name) != 0 && !starts_with(part.text, "sizeof");
  }
  const bool changes = part.is(Expr::Kind::assign) || part.is(Expr::Kind::postfix) ||
                       part.is(Expr::Kind::unary, "++") || part.is(Expr::Kind::unary, "--") ||
                       part.is(Expr::Kind::unary, "&");
  if (changes) return is_name(part.kids[0]);
  if (!part.is(Expr::Kind::call) || is_pure_call(part.text, symbols.pure)) return false;
  const auto callee = symbols.values.find(part.text);
  if (callee != symbols.values.end() && starts_with(callee->second.text, "[")) return false;
  return std::any_of(part.kids.begin(), part.kids.end(), is_name);
}

bool keeps_value(const std::string& name, const Function& function, const Symbols& symbols,
                 const Stmts& rest) {
  bool text = false, changes = false;
  walk(function.body, [&](const Stmt& s) {
    text = text || (s.is(Stmt::Kind::opaque) && identifiers(s.text).count(name) != 0);
    text = text ||
           (s.is(Stmt::Kind::declare) && ends_with(s.type, "&") && bare(s.value).is(Expr::Kind::name, name));
  });
  if (text) return false;  // perhaps an array, or changed through another name
  const auto type = symbols.types.find(name);
  if (type == symbols.types.end()) return true;  // of the file: nothing is copied
  const bool pointer = ends_with(trim(type->second), "*") || ends_with(trim(type->second), "* const");
  const std::string plain = value_type(type->second);
  if (!pointer && !is_plain_number(plain) && plain != "bool" && !is_enumeration(plain, symbols)) return false;
  if (starts_with(type->second, "const") && !pointer) return true;
  walk_expressions(function.body, [&](const Expr& e) {
    changes = changes || (e.is(Expr::Kind::unary, "&") && bare(e.kids[0]).is(Expr::Kind::name, name));
  });
  walk_expressions(rest, [&](const Expr& e) { changes = changes || may_change(e, name, symbols); });
  walk(rest, [&](const Stmt& s) {
    if (!s.is(Stmt::Kind::wild) && !s.is(Stmt::Kind::jump)) return;
    // Headers and returned values are text: `name = ...`, `++name`, `name--`.
    const std::string tight = replace_all(s.text, " ", "");
    for (const char* op : {"++", "--"})
      changes =
          changes || tight.find(name + op) != std::string::npos || tight.find(op + name) != std::string::npos;
    for (size_t at = tight.find(name); at != std::string::npos; at = tight.find(name, at + 1)) {
      const size_t end = tight.find_first_not_of("+-*/|&^%", at + name.size());
      changes =
          changes || (end != std::string::npos && tight[end] == '=' && tight.compare(end, 2, "==") != 0);
    }
  });
  return !changes;
}

}  // namespace

std::optional<Lambda> declared_lambda(const Unit& unit, const Stmt& s) {
  if (!s.is(Stmt::Kind::declare) || !s.value.is(Expr::Kind::opaque) || !starts_with(s.value.text, "["))
    return std::nullopt;
  std::string text = s.value.text;
  // Folded to one line, a comment would hide what follows it.
  if (text.find("//") != std::string::npos) {
    text = unit.text.substr(s.begin, s.end - s.begin);
    const size_t open = text.find('['), end = text.rfind(';');
    if (open == std::string::npos || end == std::string::npos || end < open) return std::nullopt;
    text = text.substr(open, end - open);
  }
  auto lambda = read_lambda(text);
  if (!lambda) return std::nullopt;
  const std::string plain = trim(replace_all(replace_all(s.type, "const", ""), "expr", ""));
  const bool plain_auto = plain == "auto" || plain == "auto&" || plain == "auto&&" || plain == "auto &";
  return plain_auto || agrees(s.type, *lambda) ? lambda : std::nullopt;
}

bool means_the_same(const Lambda& lambda, const Stmts& rest, const Function& function,
                    const Symbols& symbols) {
  std::set<std::string> declared;
  walk(rest, [&](const Stmt& s) {
    if (s.is(Stmt::Kind::declare) || s.is(Stmt::Kind::loop)) declared.insert(s.name);
    // Text may declare whatever it mentions.
    if (s.is(Stmt::Kind::opaque)) declared.merge(identifiers(s.text));
    if (s.is(Stmt::Kind::wild)) declared.merge(names_in_header(s.text));
  });
  for (const std::string& name : free_names(lambda)) {
    if (declared.count(name)) return false;
    if (lambda.captures_by_value(name) && !keeps_value(name, function, symbols, rest)) return false;
  }
  return true;
}

std::set<std::string> reading_lambdas(const Unit& unit, const Function& function, const Symbols& symbols) {
  std::set<std::string> pure = symbols.pure;
  walk(function.body, [&](const Stmt& s) {
    const auto lambda = declared_lambda(unit, s);
    if (!lambda) return;
    const Effects effects = effects_of(*lambda, pure);
    bool reads = !effects.unknown && effects.scalar_writes.empty();
    for (const Access& a : effects.accesses)
      reads = reads && (!a.write || effects.declared.count(a.base) != 0);
    const auto type = symbols.types.find(s.name);
    if (reads && type != symbols.types.end() && !type->second.empty()) pure.insert(s.name);
  });
  return pure;
}

}  // namespace ke
