// SPDX-License-Identifier: MIT
#include "ke-build/search/templates/split_sum.h"

#include <algorithm>

namespace ke {
namespace {

const Expr* assigned(const Stmt& s, const char* how) {
  return s.is(Stmt::Kind::expression) && s.value.is(Expr::Kind::assign, how) ? &s.value : nullptr;
}

}  // namespace

std::optional<Stmts> split_sum(const Site& site) {
  const Stmt& loop = site.loop();
  std::vector<size_t> at;
  for (size_t i = 0; i < loop.body.size(); ++i)
    if (!loop.body[i].is(Stmt::Kind::comment) && !loop.body[i].is(Stmt::Kind::declare)) at.push_back(i);
  if (loop.step != 1 || at.size() != 2 || at[1] + 1 != loop.body.size()) return std::nullopt;
  const Expr *store = assigned(loop.body[at[0]], "="), *add = assigned(loop.body[at[1]], "+=");
  if (!store || !add || !bare(add->kids[0]).is(Expr::Kind::name)) return std::nullopt;
  // What is added is what was stored, by its own name or by that of the element.
  const Expr &place = bare(store->kids[0]), &value = bare(store->kids[1]), &term = bare(add->kids[1]);
  const auto element = element_of(place, *site.symbols);
  const bool same_value = same(term, place) || (value.is(Expr::Kind::name) && same(term, value));
  const auto stride = element ? element->index.coefficient(loop.name) : std::nullopt;
  if (!same_value || !stride || stride->constant() != 1) return std::nullopt;
  const std::string& sum = bare(add->kids[0]).text;
  Stmt first = loop, second = loop;
  first.body.pop_back();
  const Effects effects = effects_of(Stmts{first}, site.symbols->pure);
  const auto type = site.symbols->types.find(sum);
  const bool alike = type != site.symbols->types.end() && !kernel_type(element->type).empty() &&
                     kernel_type(type->second) == kernel_type(element->type);
  if (!alike || effects.unknown || effects.leaves || effects.continues || mentions(first.body, sum) ||
      mentions(loop.lower, sum) || mentions(loop.upper, sum) || !stands_still(loop, *element, effects))
    return std::nullopt;
  second.body = {make_expression(Expr::assign(add->kids[0], "+=", place))};
  return Stmts{first, second};
}

}  // namespace ke
