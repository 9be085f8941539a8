// SPDX-License-Identifier: MIT
#include "ke-build/search/rewrites/clamp.h"

#include "ke-build/search/rewrites/distribute.h"
#include "ke-build/search/syntax/conditions.h"

#include <map>

namespace ke {
namespace {

// `left op right` for the lanes that run, as a limit on the lane. The strip starts at iteration v, so v means
// v + lane.
bool limit(const Expr& test, bool negated, const Site& site, LaneBounds& bounds) {
  static const std::map<std::string, std::string> opposite = {
      {"<", ">="}, {">=", "<"}, {">", "<="}, {"<=", ">"}};
  if (!test.is(Expr::Kind::binary) || !opposite.count(test.text)) return false;
  std::string op = negated ? opposite.at(test.text) : test.text;
  auto left = poly_of(test.kids[0], *site.symbols), right = poly_of(test.kids[1], *site.symbols);
  const std::string& v = site.loop().name;
  if (!left || !right) return false;
  Poly gap = *left - *right;  // gap op 0
  if (may_wrap(*left, *site.symbols) || may_wrap(*right, *site.symbols)) return false;
  auto factor = gap.coefficient(v);
  auto c = factor ? factor->constant() : std::nullopt;
  if (!c || (*c != 1 && *c != -1)) return false;
  if (*c == -1) {
    gap = Poly() - gap;
    op = op == "<" ? ">" : op == ">" ? "<" : op == "<=" ? ">=" : "<=";
  }
  // v + lane + rest op 0
  Poly limit = Poly() - gap.replaced(v, Poly::name(kStripStart));
  if (op == "<=" || op == ">") limit = limit + Poly(1);
  Expr value{Expr::Kind::opaque, limit.text(), {}};
  bool plain = limit.names().size() == 1 && limit.text() == *limit.names().begin();
  if (plain) value = Expr::name(limit.text());
  (op == "<" || op == "<=" ? bounds.last : bounds.first).push_back(value);
  return true;
}

}  // namespace

LaneBounds lane_bounds(const Expr& condition, bool negated, const Site& site,
                       const std::set<std::string>& varying) {
  LaneBounds bounds;
  const std::string op = negated ? "||" : "&&";
  const std::vector<Expr> parts = condition_parts(condition, op, false, *site.symbols);
  // Any order of the parts is the same test only when none of them has effects or traps.
  for (const Expr& part : parts) {
    Effects effects = effects_of(part, site.symbols->pure);
    if (effects.unknown || !effects.scalar_writes.empty() || !effects.accesses.empty()) return {};
  }
  for (const Expr& part : parts) {
    if (!is_varying(part, varying)) {
      bounds.uniform.push_back(part);
    } else if (!limit(part, negated, site, bounds)) {
      bounds.remaining = bounds.remaining ? Expr::binary(*bounds.remaining, op, part) : part;
    }
  }
  return bounds;
}

}  // namespace ke
