// SPDX-License-Identifier: MIT
// A loop over structures (`particles[i].velocity = ...`) in which operators, helpers and tests stand stays
// scalar. Written out over one variable for each number, read in front of an iteration and stored behind it,
// every number of the structure in every iteration, it loads and stores whole groups, and goes into lanes.
#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/class_values.h"
#include "ke-build/search/rewrites/preamble.h"

#include <algorithm>

namespace ke {
namespace {

// Variables that are born or assigned to in the loop. What stands in a text that is only read later changes
// none, or is refused then.
std::set<std::string> changed_in(const Stmt& loop) {
  std::set<std::string> names = effects_of(loop.body).declared;
  names.insert(loop.name);
  walk_expressions(loop.body, [&](const Expr& e) {
    const bool steps =
        e.is(Expr::Kind::postfix) || (e.is(Expr::Kind::unary) && (e.text == "++" || e.text == "--"));
    if ((steps || e.is(Expr::Kind::assign)) && bare(e.kids[0]).is(Expr::Kind::name))
      names.insert(bare(e.kids[0]).text);
  });
  return names;
}

// Does the loop leave the place alone? `particles[r]` of a loop around it.
bool is_steady_place(const Expr& index, const std::set<std::string>& changed, const Symbols& symbols) {
  const Effects effects = effects_of(index, symbols.pure);
  if (effects.unknown || !effects.accesses.empty() || !effects.scalar_writes.empty()) return false;
  const std::set<std::string> names = names_in(index);
  return std::none_of(names.begin(), names.end(),
                      [&](const std::string& name) { return changed.count(name) != 0; });
}

// `particles[i]` of arrays that the function is given, where `i` counts the loop or stays what it is.
std::vector<Expr> element_accesses(const Site& site, Layouts& layouts) {
  std::vector<Expr> found;
  const std::set<std::string> changed = changed_in(site.loop());
  walk_expressions(site.loop().body, [&](const Expr& e) {
    if (!e.is(Expr::Kind::subscript) || !e.kids[0].is(Expr::Kind::name)) return;
    const std::string& array = e.kids[0].text;
    const auto type = site.symbols->types.find(array);
    if (type == site.symbols->types.end() || site.symbols->locals.count(array) ||
        type->second.find('*') == std::string::npos || !layouts.find(element_type(type->second)))
      return;
    const bool counts = e.kids[1].is(Expr::Kind::name, site.loop().name);
    if (!counts && (changed.count(array) || !is_steady_place(e.kids[1], changed, *site.symbols))) return;
    const bool known = std::any_of(found.begin(), found.end(), [&](const Expr& f) { return same(f, e); });
    if (!known) found.push_back(e);
  });
  return found;
}

class ElementLoop {
 public:
  ElementLoop(const Site& site, Layouts& layouts)
      : site_(site),
        layouts_(layouts),
        values_(*site.unit, layouts, *site.function, *site.symbols, site.noalias) {}

  std::optional<std::string> rewritten() {
    const Stmt& loop = site_.loop();
    for (const Expr& access : element_accesses(site_, layouts_)) {
      const Layout& layout = *layouts_.find(element_type(site_.symbols->types.at(access.kids[0].text)));
      values_.elements.push_back({access, values_.variables(access.kids[0].text, layout)});
    }
    const bool any = std::any_of(values_.elements.begin(), values_.elements.end(),
                                 [&](const auto& e) { return !is_steady(e); });
    if (loop.step != 1 || !any || hides_element(loop) || !values_.body(loop.body)) return std::nullopt;
    if (!apart() || !keeps_what_is_read_first()) return std::nullopt;
    Stmt made = loop;
    made.body.clear();
    for (const ClassValues::Element& element : values_.elements) {
      if (!element.certain) return std::nullopt;
      load(element, is_steady(element) ? first_ : made.body);
    }
    made.body.insert(made.body.end(), values_.made().begin(), values_.made().end());
    for (const ClassValues::Element& element : values_.elements)
      if (element.written) store(element, made.body);
    return placed(made);
  }

 private:
  // Another `i` or `particles` in the body.
  bool hides_element(const Stmt& loop) const {
    const std::set<std::string> declared = effects_of(loop.body).declared;
    return declared.count(loop.name) ||
           std::any_of(values_.elements.begin(), values_.elements.end(),
                       [&](const auto& e) { return declared.count(e.access.kids[0].text) != 0; });
  }

  bool is_steady(const ClassValues::Element& element) const {
    return !element.access.kids[1].is(Expr::Kind::name, site_.loop().name);
  }

  // Elements of the loops around this one, and what references name, are read in front of it.
  bool keeps_what_is_read_first() const {
    const std::vector<ClassValues::Element>& all = values_.elements;
    const bool writes = std::any_of(all.begin(), all.end(), [](const auto& e) { return e.written; });
    const bool early = values_.follows_references() ||
                       std::any_of(all.begin(), all.end(), [&](const auto& e) { return is_steady(e); });
    return !writes || !early;
  }

  const Layout& layout_of(const ClassValues::Element& element) { return *layouts_.find(element.value.type); }

  static Expr part(const ClassValues::Element& element, const std::string& path) {
    return parse_expression(to_text(element.access) + path);
  }

  void load(const ClassValues::Element& element, Stmts& out) {
    const Layout& layout = layout_of(element);
    for (size_t i = 0; i < layout.leaves.size(); ++i) {
      const std::string& name = element.value.leaves[i].text;
      if (!element.written && !mentions(values_.made(), name)) continue;
      out.push_back(make_declare(layout.leaves[i].type, name, part(element, layout.leaves[i].path)));
    }
  }

  // All of it: a gap in what is stored would keep the stores apart.
  void store(const ClassValues::Element& element, Stmts& out) {
    const Layout& layout = layout_of(element);
    for (size_t i = 0; i < layout.leaves.size(); ++i)
      out.push_back(
          make_expression(Expr::assign(part(element, layout.leaves[i].path), "=", element.value.leaves[i])));
  }

  // Everything is read before anything is stored: no array may lie within another one that is written.
  bool apart() {
    const std::vector<ClassValues::Element>& all = values_.elements;
    for (size_t a = 0; a < all.size(); ++a)
      for (size_t b = a + 1; b < all.size(); ++b) {
        if (!all[a].written && !all[b].written) continue;
        const std::string &x = all[a].access.kids[0].text, &y = all[b].access.kids[0].text;
        if (is_separate(site_, x, y)) continue;
        const auto at = [&](const std::string& array, const Expr& place) {
          return Expr::binary(Expr::name(array), "+", Expr{Expr::Kind::group, "", {place}});
        };
        const Expr low = site_.loop().lower, high = exclusive_upper(site_.loop());
        const Expr test = Expr::call("ke_disjoint", {at(x, low), at(x, high), at(y, low), at(y, high)});
        test_ = test_ ? Expr::binary(*test_, "&&", test) : test;
      }
    return true;
  }

  std::optional<std::string> placed(const Stmt& made) const {
    const Unit& unit = *site_.unit;
    Stmts fast = {make_comment("Every number of a structure in a variable, tests as selections.")};
    for (const Stmt& s : values_.before())
      if (mentions(made, s.name)) fast.push_back(s);
    fast.insert(fast.end(), first_.begin(), first_.end());
    fast.push_back(made);
    // A loop that never runs reads no element.
    if (!first_.empty()) fast = {make_branch(Expr::binary(made.lower, "<", exclusive_upper(made)), fast)};
    if (test_) fast = {make_branch(*test_, fast, {site_.loop()})};
    std::string text = replace_statement(unit, site_.loop(), fast);
    if (test_) text = with_preamble(text, unit.preamble_at, "ke_disjoint(const void", kDisjointHelper);
    return parses_as_well(unit, text) ? std::optional(text) : std::nullopt;
  }

  const Site& site_;
  Layouts& layouts_;
  ClassValues values_;
  Stmts first_;  // reads what the loop leaves as it is
  std::optional<Expr> test_;
};

}  // namespace

std::vector<Rewritten> element_fields(const Unit& unit, const RewriteRules& rules, int) {
  std::vector<Rewritten> out;
  // Another thread may own what this one leaves alone.
  if (!rules.cpp || rules.threads > 1 || unit.text.find("#pragma omp") != std::string::npos ||
      unit.text.find("a structure in a variable") != std::string::npos)
    return out;
  Layouts layouts(unit.text, rules.headers);
  const Sites sites(unit, rules.noalias);
  for (const Site& site : sites.all()) {
    if (has_inner_loop(site.loop().body)) continue;
    if (auto text = ElementLoop(site, layouts).rewritten())
      out.push_back({*std::move(text), "structures of " + where(site)});
  }
  return out;
}

}  // namespace ke
