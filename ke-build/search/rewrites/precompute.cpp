// SPDX-License-Identifier: MIT
#include "ke-build/search/rewrites/precompute.h"

#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/precompute_text.h"
#include "ke-build/search/rewrites/steady.h"

#include <algorithm>

namespace ke {
namespace {

using Loops = std::vector<const Stmt*>;

// What encloses an expression inside of the outer loop.
struct Around {
  Loops loops;
  bool certain = true;  // every iteration of the loops gets there
};

class Finder {
 public:
  Finder(const Site& outer, const Steady& steady, const Precomputation& what)
      : outer_(outer), steady_(steady), what_(what), writes_(traces_of(outer.loop().body, *outer.symbols)) {
    writes_.erase(std::remove_if(writes_.begin(), writes_.end(), [](const Trace& t) { return !t.write; }),
                  writes_.end());
  }

  std::vector<Repeated> all() {
    list(outer_.loop().body, {});
    return std::move(found_);
  }

 private:
  void list(const Stmts& statements, Around around) {
    for (const Stmt& s : statements) {
      if (s.is(Stmt::Kind::loop)) {
        if (is_lane_loop(s) || is_remainder(s)) continue;
        Around inside = around;
        inside.loops.push_back(&s);
        // Left early, the rest of its iterations does not happen.
        inside.certain = around.certain && !effects_of(s.body, outer_.symbols->pure).leaves;
        list(s.body, inside);
      } else if (s.is(Stmt::Kind::branch)) {
        expression(s.value, around);
        Around inside = around, otherwise = around;
        inside.certain = around.certain && is_about_itself(s.value, "!=", around);
        otherwise.certain = around.certain && is_about_itself(s.value, "==", around);
        list(s.body, inside);
        list(s.otherwise, otherwise);
        // Behind `continue` not every iteration arrives.
        const Effects effects = effects_of(Stmts{s}, outer_.symbols->pure);
        if (effects.continues || effects.leaves) around.certain = otherwise.certain && s.otherwise.empty();
      } else if (s.is(Stmt::Kind::block)) {
        list(s.body, around);
        const Effects effects = effects_of(s.body, outer_.symbols->pure);
        around.certain = around.certain && !effects.continues && !effects.leaves;
      } else if (s.is(Stmt::Kind::expression) ||
                 (s.is(Stmt::Kind::declare) && s.has_init && s.dims.empty())) {
        expression(s.value, around);
      }
    }
  }

  // `i == j` of the outer and an inner counter: what one iteration of the outer loop leaves out, the next one
  // does not, and a table takes at least two.
  bool is_about_itself(const Expr& raw, const char* op, const Around& around) const {
    const Expr& e = bare(raw);
    if (!e.is(Expr::Kind::binary, op)) return false;
    const std::string a = to_text(bare(e.kids[0])), b = to_text(bare(e.kids[1])), own = outer_.loop().name;
    return std::any_of(around.loops.begin(), around.loops.end(), [&](const Stmt* l) {
      return (a == own && b == l->name) || (b == own && a == l->name);
    });
  }

  // The largest expressions first.
  void expression(const Expr& e, const Around& around) {
    if (e.is(Expr::Kind::assign)) {
      if (e.kids[0].is(Expr::Kind::subscript)) expression(e.kids[0].kids[1], around);
      return expression(e.kids[1], around);
    }
    if (auto found = repeated(e, around)) {
      const bool known = std::any_of(found_.begin(), found_.end(), [&](const Repeated& r) {
        return same(r.use, found->use) && r.over == found->over;
      });
      if (!known) found_.push_back(std::move(*found));
      return;
    }
    if (e.is(Expr::Kind::unary) && (e.text == "&" || e.text == "++" || e.text == "--")) return;
    if (e.is(Expr::Kind::postfix)) return;
    // `p[i].position` of `p[i].position.x` is no number.
    if (e.is(Expr::Kind::member) && bare(e.kids[0]).is(Expr::Kind::member))
      return owner(bare(e.kids[0]), around);
    Around rest = around;
    for (size_t i = 0; i < e.kids.size(); ++i) {
      if (i > 0 && (e.is(Expr::Kind::conditional) || e.text == "&&" || e.text == "||")) rest.certain = false;
      // The array of a subscript is no value.
      if (!(i == 0 && e.is(Expr::Kind::subscript))) expression(e.kids[i], rest);
    }
  }

  void owner(const Expr& e, const Around& around) {
    if (e.is(Expr::Kind::member)) return owner(bare(e.kids[0]), around);
    for (size_t i = e.is(Expr::Kind::subscript) ? 1 : 0; i < e.kids.size(); ++i)
      expression(e.kids[i], around);
  }

  std::optional<Repeated> repeated(const Expr& e, const Around& around) {
    if (e.is(Expr::Kind::name) || e.is(Expr::Kind::number) || e.is(Expr::Kind::opaque)) return std::nullopt;
    Repeated found;
    found.use = e;
    found.value = found.fill = steady_.expanded(e);
    if (!steady_.only_computes(found.value)) return std::nullopt;
    if (what_.remainders && !around.loops.empty())
      found.remainder = steady_.take_remainder(found.fill, around.loops);
    std::set<std::string> names = names_in(found.fill);
    names.erase(Steady::kRemainder);
    for (const Stmt* loop : around.loops)
      if (names.count(loop->name)) found.over.push_back(loop);
    if (found.remainder) found.remainder_type = steady_.remainder_type(*found.remainder);
    if (found.remainder && (!found.over.empty() || found.remainder_type.empty())) {
      // Something else varies, too: a table over the loops it is.
      found.remainder.reset();
      found.fill = found.value;
      found.over.clear();
      for (const Stmt* loop : around.loops)
        if (names_in(found.value).count(loop->name)) found.over.push_back(loop);
      names = names_in(found.value);
    }
    const Stmt& innermost = around.loops.empty() ? outer_.loop() : *around.loops.back();
    if (found.over.size() > 2 || !what_.wanted(found, innermost, outer_)) return std::nullopt;
    for (const std::string& name : names)
      if (!steady_.is_steady(name) &&
          std::none_of(found.over.begin(), found.over.end(), [&](const Stmt* l) { return l->name == name; }))
        return std::nullopt;
    for (const Stmt* loop : found.over)
      if (loop->step != 1 || !steady_.is_steady(loop->lower) || !steady_.is_steady(loop->upper) ||
          counter_type(*loop).empty())
        return std::nullopt;
    if (!may_be_early(found, around)) return std::nullopt;
    found.type = type_of(found);
    if (found.type.empty()) return std::nullopt;
    return found;
  }

  // Loads and integer divisions must not happen where they did not before.
  bool may_be_early(Repeated& found, const Around& around) {
    const bool safe = found.over.size() == around.loops.size() && around.certain;
    const Stmts alone{make_expression(found.fill)};
    const std::vector<Trace> reads = traces_of(alone, *outer_.symbols);
    if (!safe && (!reads.empty() || steady_.may_trap(found.fill))) return false;
    if (!around.certain && steady_.may_overflow(found.fill)) return false;
    for (const Trace& read : reads) {
      if (!read.known_base || !read.index) return false;
      for (const Trace& write : writes_) {
        if (write.base == read.base) return false;
        if (is_separate(outer_, write.base, read.base)) continue;
        if (!write.known_base) return false;
        found.unchecked.insert(std::minmax(write.base, read.base));
      }
    }
    return true;
  }

  std::string type_of(const Repeated& found) const {
    const Symbols& symbols = *outer_.symbols;
    if (bare(found.value).is(Expr::Kind::subscript)) {
      const auto type = symbols.types.find(to_text(bare(bare(found.value).kids[0])));
      const std::string element = type == symbols.types.end() ? "" : element_type(type->second);
      return is_floating_type(element) || is_integer_type(element) ? element : "";
    }
    if (bare(found.value).is(Expr::Kind::member)) {
      const std::string type = steady_.type_of_field(bare(found.value));
      if (!type.empty()) return type;
    }
    const std::string known = arithmetic_type(found.value, symbols, steady_.cpp());
    if (is_floating_type(known)) return known;
    if (const std::string exact = integer_type(found.value, symbols); !exact.empty()) return exact;
    // Otherwise the compiler is asked; C has no overloads, but __typeof__ where C++ has decltype.
    if (known.empty() && !steady_.cpp()) return "";
    Expr sample = found.fill;
    const auto forget = [&](const std::string& name, const std::string& type) {
      substitute(sample, name,
                 Expr{Expr::Kind::group, "", {Expr{Expr::Kind::cast, type, {Expr::number(0)}}}});
    };
    if (found.remainder) forget(Steady::kRemainder, found.remainder_type);
    for (const Stmt* loop : found.over) forget(loop->name, counter_type(*loop));
    return (steady_.cpp() ? "decltype(+" : "__typeof__(+") + to_text(Expr{Expr::Kind::group, "", {sample}}) +
           ")";
  }

  const Site& outer_;
  const Steady& steady_;
  const Precomputation& what_;
  std::vector<Trace> writes_;
  std::vector<Repeated> found_;
};

std::optional<Rewritten> rewrite_outer(const Site& site, const RewriteRules& rules,
                                       const Precomputation& what) {
  const Effects effects = effects_of(Stmts{site.loop()}, site.symbols->pure);
  if (effects.unknown || effects.leaves || has_opaque(site.loop().body) ||
      effects_of(site.loop().body, site.symbols->pure).leaves)
    return std::nullopt;
  const Steady steady(site, rules);
  if (!steady.is_steady(site.loop().lower) || !steady.is_steady(site.loop().upper)) return std::nullopt;
  const std::vector<Repeated> all = Finder(site, steady, what).all();
  if (all.empty() || all.size() > 8) return std::nullopt;
  std::set<NamePair> unchecked;
  for (const Repeated& r : all) unchecked.insert(r.unchecked.begin(), r.unchecked.end());
  const Precomputed made = precomputed(site, all, rules, what);
  auto text = commit(site, made.statements, {true, {unchecked.begin(), unchecked.end()}, {}}, made.why);
  if (!text) return std::nullopt;
  if (made.needs_room) {
    *text = with_preamble(*text, site.unit->preamble_at, "define KE_ROOM", room_helper(rules.heap));
    if (!parses_as_well(*site.unit, *text)) return std::nullopt;
  }
  std::string list;
  for (const Repeated& r : all) list += (list.empty() ? "" : ", ") + to_text(r.use);
  return Rewritten{*text, list + " in front of " + where(site)};
}

}  // namespace

bool rounds_by_itself(const Expr& value) {
  const Expr* root = &bare(value);
  for (; root->is(Expr::Kind::cast); root = &bare(root->kids[0]))
    if (is_integer_type(root->text)) return true;
  return root->is(Expr::Kind::call) || root->is(Expr::Kind::binary, "+") ||
         root->is(Expr::Kind::binary, "-") || root->is(Expr::Kind::binary, "/");
}

std::vector<Rewritten> precompute(const Unit& unit, const RewriteRules& rules, const Precomputation& what) {
  std::vector<Rewritten> out;
  const Sites sites(unit, rules.noalias);
  for (const Site& site : sites.all())
    if (auto made = rewrite_outer(site, rules, what)) out.push_back(*made);
  return out;
}

}  // namespace ke
