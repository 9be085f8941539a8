// SPDX-License-Identifier: MIT
#include "ke-build/search/rewrites/call_order.h"

#include "ke-build/base/text.h"

namespace ke {
namespace {

using Picks = std::function<bool(const Expr&)>;

bool holds_call(const Expr& e, const Picks& is_call) {
  bool found = false;
  walk(e, [&](const Expr& part) { found = found || is_call(part); });
  return found;
}

bool does_nothing(const Expr& e, const std::set<std::string>& pure) {
  const Effects effects = effects_of(e, pure);
  bool writes = effects.unknown || !effects.scalar_writes.empty();
  for (const Access& access : effects.accesses) writes = writes || access.write;
  return !writes;
}

// Beside the calls nothing is done; what is done around them comes after them anyway.
bool only_reads_beside(const Expr& e, const Picks& is_call, const std::set<std::string>& pure) {
  if (is_call(e)) return true;  // who picks it has seen its arguments
  if (!holds_call(e, is_call)) return does_nothing(e, pure);
  const bool changes = e.is(Expr::Kind::assign) || e.is(Expr::Kind::postfix) || e.is(Expr::Kind::opaque) ||
                       e.is(Expr::Kind::unary, "++") || e.is(Expr::Kind::unary, "--");
  if (changes) return false;
  for (const Expr& kid : e.kids)
    if (!only_reads_beside(kid, is_call, pure)) return false;
  return true;
}

Expr own_expression(const Stmt& s) {
  const bool returns = s.is(Stmt::Kind::jump) && starts_with(s.text, "return ");
  return returns ? parse_expression(s.text.substr(7, s.text.rfind(';') - 7)) : s.value;
}

}  // namespace

Order order_of_calls(const Stmt& statement, const Picks& is_call, const std::set<std::string>& pure) {
  // A reference would go on looking at what a call returned.
  if (statement.is(Stmt::Kind::declare) && statement.type.find('&') != std::string::npos) return Order::fixed;
  if (statement.is(Stmt::Kind::loop) || statement.is(Stmt::Kind::wild)) return Order::fixed;
  const Expr whole = own_expression(statement);
  const Expr& e = bare(whole);
  if (is_call(e)) return Order::any;
  if (!e.is(Expr::Kind::assign)) return only_reads_beside(e, is_call, pure) ? Order::reads : Order::fixed;
  // What is assigned is known before its place is.
  const Expr &place = e.kids[0], &value = e.kids[1];
  if (holds_call(place, is_call) && !only_reads_beside(place, is_call, pure)) return Order::fixed;
  if (holds_call(place, is_call) && !holds_call(value, is_call) && !does_nothing(value, pure))
    return Order::in_place;
  if (!only_reads_beside(value, is_call, pure)) return Order::fixed;
  if (holds_call(place, is_call)) return Order::reads;
  return is_call(bare(value)) ? Order::any : Order::reads;
}

bool is_never_handed_out(const Function& function, const std::string& name) {
  bool handed = false;
  for (const Parameter& p : function.parameters)
    handed = handed || (p.name == name && p.type.find('&') != std::string::npos);
  walk(function.body, [&](const Stmt& s) {
    handed = handed || (s.is(Stmt::Kind::opaque) && identifiers(s.text).count(name) != 0);
    if (!s.is(Stmt::Kind::declare) || s.type.find('&') == std::string::npos) return;
    handed = handed || s.name == name || bare(s.value).is(Expr::Kind::name, name);
  });
  const auto look = [&](const Expr& e) {
    if (e.is(Expr::Kind::opaque)) handed = handed || identifiers(e.text).count(name) != 0;
    if (e.is(Expr::Kind::unary, "&")) handed = handed || bare(e.kids[0]).is(Expr::Kind::name, name);
    if (e.is(Expr::Kind::call) && e.text == "std::ref")
      handed = handed || bare(e.kids[0]).is(Expr::Kind::name, name);
  };
  walk_expressions(function.body, look);
  return !handed;
}

bool is_declared_again(const Function& function, const std::string& name) {
  int times = 0;
  for (const Parameter& p : function.parameters) times += p.name == name;
  walk(function.body, [&](const Stmt& s) {
    times += (s.is(Stmt::Kind::declare) || s.is(Stmt::Kind::loop)) && s.name == name;
    const bool text = s.is(Stmt::Kind::opaque) || (s.is(Stmt::Kind::wild) && starts_with(s.text, "for"));
    times += text && identifiers(s.text).count(name) != 0 ? 2 : 0;
  });
  return times != 1;
}

}  // namespace ke
