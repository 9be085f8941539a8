// SPDX-License-Identifier: MIT
#include "ke-build/search/rewrites/returned_value.h"

#include "ke-build/base/text.h"
#include "ke-build/search/syntax/facts.h"
#include "ke-build/search/syntax/unit.h"

#include <algorithm>

namespace ke {
namespace {

std::optional<Expr> returned(const Stmt& s) {
  if (!s.is(Stmt::Kind::jump) || !starts_with(s.text, "return ")) return std::nullopt;
  Expr value = parse_expression(s.text.substr(7, s.text.rfind(';') - 7));
  return value.is(Expr::Kind::opaque) ? std::nullopt : std::optional(std::move(value));
}

Expr grouped(const Expr& e) {
  return bare(e).kids.empty() ? bare(e) : Expr{Expr::Kind::group, "", {bare(e)}};
}

// The value of statements that do nothing but choose it, from the first one on.
std::optional<Expr> chosen(Stmts::const_iterator at, Stmts::const_iterator end) {
  while (at != end && at->is(Stmt::Kind::comment)) ++at;
  if (at == end) return std::nullopt;
  if (const auto value = returned(*at)) return value;
  if (at->is(Stmt::Kind::block) && at + 1 == end) return chosen(at->body.begin(), at->body.end());
  if (!at->is(Stmt::Kind::branch)) return std::nullopt;
  const auto yes = chosen(at->body.begin(), at->body.end());
  const auto no =
      at->otherwise.empty() ? chosen(at + 1, end) : chosen(at->otherwise.begin(), at->otherwise.end());
  if (!yes || !no) return std::nullopt;
  return Expr::conditional(grouped(at->value), grouped(*yes), grouped(*no));
}

}  // namespace

std::optional<ReturnedValue> returned_value(const Stmts& body) {
  const auto leaves = std::find_if(body.begin(), body.end(), [](const Stmt& s) {
    return s.is(Stmt::Kind::jump) || s.is(Stmt::Kind::opaque) || effects_of(Stmts{s}).leaves;
  });
  ReturnedValue out;
  out.before.assign(body.begin(), leaves);
  if (leaves == body.end()) return out;
  if (leaves + 1 == body.end() && leaves->is(Stmt::Kind::jump) && leaves->text == "return;") return out;
  out.value = chosen(leaves, body.end());
  return out.value ? std::optional(std::move(out)) : std::nullopt;
}

}  // namespace ke
