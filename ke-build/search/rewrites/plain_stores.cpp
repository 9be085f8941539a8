// SPDX-License-Identifier: MIT
// `if (through < d[j]) d[j] = through;`: a store behind a test keeps a loop scalar, or costs masks. Where the
// test reads the very element, storing what is there changes nothing: `d[j] = through < d[j] ? through :
// d[j]`.
#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/support.h"

#include <algorithm>

namespace ke {
namespace {

bool is_comparison(const Expr& e) {
  static const std::set<std::string> known = {"<", ">", "<=", ">=", "==", "!="};
  return e.is(Expr::Kind::binary) && known.count(e.text) != 0;
}

// Everything in it is evaluated whenever the whole is, and nothing but values comes of it.
bool only_computes(const Expr& e, const Symbols& symbols) {
  const Effects effects = effects_of(e, symbols.pure);
  bool plain = !effects.unknown && effects.scalar_writes.empty();
  walk(e, [&](const Expr& part) {
    plain = plain && !part.is(Expr::Kind::assign) && !part.is(Expr::Kind::postfix) &&
            !part.is(Expr::Kind::conditional) && part.text != "&&" && part.text != "||";
  });
  return plain;
}

std::vector<const Expr*> elements_of(const Expr& e) {
  std::vector<const Expr*> found;
  walk(e, [&](const Expr& part) {
    if (part.is(Expr::Kind::subscript)) found.push_back(&part);
  });
  return found;
}

bool reads(const Expr& e, const Expr& element) {
  const auto all = elements_of(e);
  return std::any_of(all.begin(), all.end(), [&](const Expr* one) { return same(*one, element); });
}

// Computed where the test says no, it must neither end the program nor read what may not be there.
bool may_be_computed(const Expr& value, const Expr& test) {
  bool fine = true;
  walk(value, [&](const Expr& part) {
    fine = fine && part.text != "/" && part.text != "%" && part.text != "<<" && part.text != ">>" &&
           !part.is(Expr::Kind::call) && !part.is(Expr::Kind::member) &&
           !(part.is(Expr::Kind::unary) && (part.text == "*" || part.text == "&"));
  });
  const auto all = elements_of(value);
  return fine && std::all_of(all.begin(), all.end(), [&](const Expr* one) { return reads(test, *one); });
}

std::optional<Stmt> stored_plainly(const Stmt& branch, const Symbols& symbols) {
  if (!branch.is(Stmt::Kind::branch) || !branch.otherwise.empty() || branch.body.size() != 1 ||
      !branch.body[0].is(Stmt::Kind::expression) || !branch.body[0].value.is(Expr::Kind::assign, "="))
    return std::nullopt;
  const Expr &test = bare(branch.value), &to = branch.body[0].value.kids[0],
             &value = branch.body[0].value.kids[1];
  if (!to.is(Expr::Kind::subscript) || !is_comparison(test) || !reads(test, to)) return std::nullopt;
  if (!only_computes(test, symbols) || !only_computes(value, symbols) || !may_be_computed(value, test))
    return std::nullopt;
  const auto array = symbols.types.find(to_text(bare(to.kids[0])));
  if (array == symbols.types.end() || array->second.find("volatile") != std::string::npos)
    return std::nullopt;
  const std::string type = element_type(array->second);
  if (!is_floating_type(type) && !is_integer_type(type)) return std::nullopt;
  Stmt store = branch.body[0];
  const Expr converted{Expr::Kind::cast, type, {Expr{Expr::Kind::group, "", {value}}}};
  store.value.kids[1] = Expr::conditional(Expr{Expr::Kind::group, "", {test}}, converted, to);
  return store;
}

std::optional<Rewritten> rewrite_loop(const Site& site) {
  const Stmt& loop = site.loop();
  if (has_inner_loop(loop.body) || has_opaque(loop.body)) return std::nullopt;
  Stmt whole = loop;
  size_t stores = 0;
  for (Stmt& s : whole.body)
    if (auto plain = stored_plainly(s, *site.symbols)) {
      s = *std::move(plain);
      ++stores;
    }
  if (stores == 0) return std::nullopt;
  const auto text = commit(site, {whole}, {true, {}, {}},
                           "Stored in every iteration: the old value where the test says no.");
  if (!text) return std::nullopt;
  return Rewritten{*text, where(site)};
}

}  // namespace

std::vector<Rewritten> plain_stores(const Unit& unit, const RewriteRules& rules, int) {
  std::vector<Rewritten> out;
  // Another thread may own what this one leaves alone.
  if (rules.threads > 1 || unit.text.find("#pragma omp") != std::string::npos) return out;
  const Sites sites(unit, rules.noalias);
  for (const Site& site : sites.all())
    if (auto made = rewrite_loop(site)) out.push_back(*std::move(made));
  return out;
}

}  // namespace ke
