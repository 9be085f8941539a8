// SPDX-License-Identifier: MIT
// Windows that ask at every step whether they have left the array (`if (x + dx < 0 || x + dx >= w)
// continue;`): iterations whose whole window lies inside get a loop of their own, in which the answers are
// known. Whatever the body does with them (histograms, weights, calls), compilers unroll windows of constant
// size there.
#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/call_order.h"
#include "ke-build/search/rewrites/known_answers.h"
#include "ke-build/search/rewrites/support.h"

#include <algorithm>

namespace ke {
namespace {

constexpr size_t kMostInteriorText = 16384;

// What the loop is cut by stays what it is while it runs.
bool bounds_keep_still(const Site& site) {
  const Stmt& loop = site.loop();
  const Effects body = effects_of(loop.body, site.symbols->pure);
  if (body.scalar_writes.count(loop.name) != 0 || !is_never_handed_out(*site.function, loop.name))
    return false;
  for (const Expr* bound : {&loop.lower, &loop.upper}) {
    const Effects read = effects_of(*bound, site.symbols->pure);
    if (read.unknown || !read.scalar_writes.empty() || !read.accesses.empty()) return false;
    for (const std::string& name : names_in(*bound))
      if (!keeps_still(name, body, site)) return false;
  }
  return true;
}

// Copies of these would not be the same thing, or leave only one of several loops. Loops of which only the
// text is known may stand twice.
bool body_may_be_copied(const Stmts& body) {
  bool plain = !effects_of(body).leaves;
  walk(body, [&](const Stmt& s) {
    const std::set<std::string> words = s.is(Stmt::Kind::declare) ? identifiers(s.type) : identifiers(s.text);
    for (const char* word : {"static", "thread_local", "return", "goto", "asm", "__asm__"})
      plain = plain && !words.count(word);
    plain = plain && !s.is(Stmt::Kind::opaque);
  });
  walk_expressions(body, [&](const Expr& e) {
    // Lists and lambdas: these leave nothing but themselves.
    if (!e.is(Expr::Kind::opaque)) return;
    const std::set<std::string> words = identifiers(e.text);
    plain = plain && !words.count("static") && !words.count("goto") && !words.count("asm") &&
            replace_all(e.text, " ", "").find("({") == std::string::npos;
  });
  return plain;
}

// Loops around other loops of the array's size are not cut in three: their body chooses between two copies.
bool holds_long_loop(const Stmts& body) {
  bool found = false;
  walk(body, [&](const Stmt& s) {
    const bool counted = s.is(Stmt::Kind::loop) && s.step == 1;
    if (counted)
      for (const Expr* bound : {&s.lower, &s.upper})
        found = found || !bare(*bound).kids.empty() || !bare(*bound).is(Expr::Kind::number);
  });
  return found;
}

// The outer loop's border rows keep their loops as they are.
bool is_border_copy(const Site& site) {
  for (size_t i = 0; i + 1 < site.path.size(); ++i) {
    const Stmt& s = *site.path[i];
    if (!s.is(Stmt::Kind::branch) || to_text(s.value).find("_interior") == std::string::npos) continue;
    for (const Stmt& kid : s.otherwise)
      if (&kid == site.path[i + 1]) return true;
  }
  return false;
}

Expr clamped_up(const Expr& value, const Expr& least) {
  return Expr::conditional(Expr::binary(value, ">", least), value, least);
}

// front | interior | rest
Stmts three_loops(const Site& site, const KnownAnswers& known, const Stmts& interior_body) {
  const Stmt& loop = site.loop();
  const std::string type = counter_type(loop);
  const std::string first = fresh_name(*site.function, loop.name + "_inner"),
                    last = fresh_name(*site.function, loop.name + "_tail");
  const Expr upper = exclusive_upper(loop), from = sum(loop.lower, Expr::number(known.front)),
             to = difference(upper, Expr::number(known.rest));
  Stmt head = loop, interior = loop, tail = loop;
  head.text = interior.text = tail.text = "<";
  head.upper = Expr::name(first);
  // A number, where it is one: remainders of the counter stay known. Short rows have no interior either way.
  interior.lower = known.front > 0 ? from : loop.lower;
  interior.upper = Expr::name(last);
  interior.body = interior_body;
  tail.lower = Expr::name(last);
  tail.upper = upper;
  const Expr begin =
      known.front > 0 ? Expr::conditional(Expr::binary(from, "<", upper), from, upper) : loop.lower;
  Stmts made{make_declare("const " + type, first, begin),
             make_declare("const " + type, last, clamped_up(to, Expr::name(first)))};
  if (known.front > 0) made.push_back(head);
  made.push_back(interior);
  if (known.rest > 0) made.push_back(tail);
  return made;
}

// One loop whose iterations choose.
Stmts two_bodies(const Site& site, const KnownAnswers& known, const Stmts& interior_body) {
  const Stmt& loop = site.loop();
  const std::string inside = fresh_name(*site.function, loop.name + "_interior");
  const Expr counter = Expr::name(loop.name);
  Expr test;
  if (known.front > 0) test = Expr::binary(counter, ">=", sum(loop.lower, Expr::number(known.front)));
  if (known.rest > 0) {
    const Expr end = Expr::binary(counter, "<", difference(exclusive_upper(loop), Expr::number(known.rest)));
    test = known.front > 0 ? Expr::binary(test, "&&", end) : end;
  }
  Stmt made = loop;
  made.body = {make_declare("const bool", inside, test),
               make_branch(Expr::name(inside), interior_body, loop.body)};
  return {made};
}

std::optional<Rewritten> cut(const Site& site) {
  const Stmt& loop = site.loop();
  const std::string type = counter_type(loop);
  bool done = false;
  walk(loop.body, [&](const Stmt& s) { done = done || starts_with(s.name, loop.name + "_interior"); });
  if (done || loop.step != 1 || type.empty() || !is_integer_type(type) || is_unsigned_type(type) ||
      loop.end - loop.begin > kMostInteriorText || !has_inner_loop(loop.body) || is_border_copy(site) ||
      !body_may_be_copied(loop.body) || !bounds_keep_still(site))
    return std::nullopt;
  const auto known = known_inside(site);
  if (!known || known->front + known->rest == 0) return std::nullopt;
  const Stmts made = holds_long_loop(loop.body) ? two_bodies(site, *known, known->body)
                                                : three_loops(site, *known, known->body);
  const auto text = commit(site, made, {true, {}, {}},
                           "Windows that lie inside need no border tests: iterations of the loop over " +
                               loop.name + " apart from its ends.");
  return text ? std::optional(Rewritten{*text, where(site)}) : std::nullopt;
}

}  // namespace

std::vector<Rewritten> window_interior(const Unit& unit, const RewriteRules& rules, int) {
  std::vector<Rewritten> out;
  const Sites sites(unit, rules.noalias);
  for (const Site& site : sites.all())
    if (auto made = cut(site)) out.push_back(*std::move(made));
  return out;
}

}  // namespace ke
