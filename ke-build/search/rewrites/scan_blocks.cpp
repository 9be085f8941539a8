// SPDX-License-Identifier: MIT
// Running sums in blocks: the partial sums of a block do not depend on the total so far, which then is added
// to all of them at once. The chain from element to element becomes one from block to block. Reassociates, as
// sums may be.
#include "ke-build/search/rewrites/support.h"

namespace ke {
namespace {

// s += e; with every other use of s being a read
bool is_running_sum(const Stmt& s, std::string& name, Expr& element) {
  if (!s.is(Stmt::Kind::expression) || !s.value.is(Expr::Kind::assign) ||
      !s.value.kids[0].is(Expr::Kind::name))
    return false;
  name = s.value.kids[0].text;
  const Expr& right = bare(s.value.kids[1]);
  if (s.value.text == "+=") {
    element = s.value.kids[1];
  } else if (s.value.text == "=" && right.is(Expr::Kind::binary, "+") &&
             bare(right.kids[0]).is(Expr::Kind::name, name)) {
    element = right.kids[1];
  } else {
    return false;
  }
  return !mentions(element, name);
}

std::optional<Rewritten> rewrite_scan(const Site& site, int size) {
  const Stmt& loop = site.loop();
  Effects effects = effects_of(loop.body, site.symbols->pure);
  if (loop.step != 1 || effects.unknown || effects.leaves || effects.continues || has_inner_loop(loop.body) ||
      has_opaque(loop.body) || mentions(loop, "lane"))
    return std::nullopt;
  std::string sum_name;
  Expr element;
  size_t at = loop.body.size();
  for (size_t i = 0; i < loop.body.size(); ++i)
    if (at == loop.body.size() && is_running_sum(loop.body[i], sum_name, element)) at = i;
  // A sum that begins anew in every iteration does not run.
  if (at == loop.body.size() || loop.body.size() < 2 || effects.declared.count(sum_name)) return std::nullopt;
  for (const std::string& name : effects.scalar_writes)
    if (name != sum_name && !effects.declared.count(name)) return std::nullopt;
  size_t writers = 0;
  walk_expressions(loop.body, [&](const Expr& e) {
    writers += e.is(Expr::Kind::assign) && bare(e.kids[0]).is(Expr::Kind::name, sum_name);
  });
  auto type = site.symbols->types.find(sum_name);
  std::string sum_type = type == site.symbols->types.end() ? "" : value_type(type->second),
              counter = counter_type(loop);
  if (writers != 1 || !(is_floating_type(sum_type) || is_integer_type(sum_type)) || counter.empty())
    return std::nullopt;
  for (const std::string& name : names_in(element))
    if (effects.declared.count(name)) return std::nullopt;
  Stmts before(loop.body.begin(), loop.body.begin() + static_cast<long>(at)),
      after(loop.body.begin() + static_cast<long>(at) + 1, loop.body.end());
  // All elements of a block are read before anything of the block is written, also what stands in front of
  // the sum.
  Independence facts = independence_of_swapped(site, {sum_name}, before, {make_expression(element)});
  if (!facts.holds) return std::nullopt;
  std::string part = fresh_name(*site.function, sum_name + "_part");
  Expr lane = Expr::name("lane"), v = Expr::name(loop.name);
  auto part_at = [&](Expr index) { return Expr::subscript(Expr::name(part), std::move(index)); };
  substitute(element, loop.name, Expr::binary(v, "+", lane));
  Expr whole = Expr::name(sum_name);
  substitute(before, sum_name, Expr{Expr::Kind::group, "", {Expr::binary(whole, "+", part_at(lane))}});
  substitute(after, sum_name,
             Expr{Expr::Kind::group, "", {Expr::binary(whole, "+", part_at(sum(lane, Expr::number(1))))}});
  before.insert(before.end(), after.begin(), after.end());
  substitute(before, loop.name, Expr::binary(v, "+", lane));
  Stmts strip{make_array(sum_type, part, Expr::number(size + 1)),
              make_expression(Expr::assign(part_at(Expr::number(0)), "=", Expr::number(0))),
              lane_loop(counter, "lane", Expr::number(size),
                        {make_expression(Expr::assign(part_at(sum(lane, Expr::number(1))), "=",
                                                      Expr::binary(part_at(lane), "+", element)))}),
              make_pragma("#pragma GCC ivdep"),
              lane_loop(counter, "lane", Expr::number(size), before),
              make_expression(Expr::assign(whole, "+=", part_at(Expr::number(size))))};
  auto made = strip_mine(site, size, strip);
  if (!made) return std::nullopt;
  auto text = commit(site, *made, facts,
                     "Sums within a block of " + std::to_string(size) +
                         " do not wait for the total of the blocks before it.");
  if (!text) return std::nullopt;
  return Rewritten{*text, "block=" + std::to_string(size) + " on " + where(site)};
}

}  // namespace

std::vector<Rewritten> scan_blocks(const Unit& unit, const RewriteRules& rules, int size) {
  std::vector<Rewritten> out;
  Sites sites(unit, rules.noalias);
  for (const Site& site : sites.all())
    if (auto made = rewrite_scan(site, size)) out.push_back(*made);
  return out;
}

}  // namespace ke
