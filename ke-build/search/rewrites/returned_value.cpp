// SPDX-License-Identifier: MIT
#include "ke-build/search/rewrites/returned_value.h"

#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/jumps.h"
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

Stmts followed_by(const Stmts& list, const Stmts& rest) {
  Stmts all = list;
  all.insert(all.end(), rest.begin(), rest.end());
  return all;
}

constexpr int kDeepest = 32;  // choices within choices

// The value of statements that do nothing but choose it. A side that does not leave goes on behind the
// branch.
std::optional<Expr> chosen(const Stmts& list, const std::function<Expr(const Expr&)>& converted,
                           int depth = 0) {
  auto at = std::find_if(list.begin(), list.end(), [](const Stmt& s) { return !s.is(Stmt::Kind::comment); });
  if (at == list.end() || depth > kDeepest) return std::nullopt;
  if (const auto value = returned(*at)) return depth > 0 && converted ? converted(*value) : *value;
  const Stmts rest(at + 1, list.end());
  if (at->is(Stmt::Kind::block)) return chosen(followed_by(at->body, rest), converted, depth);
  if (!at->is(Stmt::Kind::branch)) return std::nullopt;
  const auto yes = chosen(followed_by(at->body, rest), converted, depth + 1);
  const auto no = yes ? chosen(followed_by(at->otherwise, rest), converted, depth + 1) : std::nullopt;
  if (!yes || !no) return std::nullopt;
  return Expr::conditional(grouped(at->value), grouped(*yes), grouped(*no));
}

}  // namespace

std::optional<ReturnedValue> returned_value(const Stmts& body,
                                            const std::function<Expr(const Expr&)>& converted) {
  const auto leaves = std::find_if(body.begin(), body.end(), [](const Stmt& s) {
    return s.is(Stmt::Kind::jump) || s.is(Stmt::Kind::opaque) || effects_of(Stmts{s}).leaves;
  });
  ReturnedValue out;
  out.before.assign(body.begin(), leaves);
  if (leaves == body.end()) return out;
  if (auto plain = without_returns(body)) {
    out.before = *std::move(plain);
    return out;
  }
  out.value = chosen(Stmts(leaves, body.end()), converted);
  return out.value ? std::optional(std::move(out)) : std::nullopt;
}

}  // namespace ke
