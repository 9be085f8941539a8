// SPDX-License-Identifier: MIT
// The place of the largest or smallest element of a run: vectors keep the value and where it stands. What
// the loop does at the place is still its own code.
#include "ke-build/base/text.h"
#include "ke-build/search/templates/family.h"
#include "ke-build/search/templates/nest.h"

#include <algorithm>

namespace ke {
namespace {

struct ExtremeLoop {
  Element element;
  std::string best;        // the scalar that carries the extreme
  std::string comparison;  // element <comparison> best
  Stmts update;            // with everything that it needs declared
};

std::string mirrored_comparison(const std::string& op) {
  if (op == "<") return ">";
  if (op == "<=") return ">=";
  if (op == ">") return "<";
  return op == ">=" ? "<=" : "";
}

// Each statement gives a scalar a value that depends on the place alone: the last update is the result.
bool only_last_counts(const Stmts& body, const std::string& best, const Expr& value, const Symbols& symbols) {
  std::set<std::string> written, read;
  bool sets_best = false;
  for (const Stmt& s : body) {
    if (s.is(Stmt::Kind::comment)) continue;
    const bool plain = s.is(Stmt::Kind::expression) && s.value.is(Expr::Kind::assign, "=") &&
                       bare(s.value.kids[0]).is(Expr::Kind::name);
    if (!plain) return false;
    const Effects effects = effects_of(s.value.kids[1], symbols.pure);
    if (effects.unknown || !effects.scalar_writes.empty()) return false;
    const std::string& target = bare(s.value.kids[0]).text;
    written.insert(target);
    read.insert(effects.scalar_reads.begin(), effects.scalar_reads.end());
    sets_best = sets_best || (target == best && same(bare(s.value.kids[1]), value));
  }
  return sets_best && std::none_of(written.begin(), written.end(),
                                   [&](const std::string& n) { return read.count(n) != 0; });
}

std::optional<ExtremeLoop> read_extreme(const Site& site) {
  const Stmt& loop = site.loop();
  const Symbols& symbols = *site.symbols;
  if (loop.step != 1 || counter_type(loop).empty()) return std::nullopt;
  ExtremeLoop found;
  const Stmt* branch = nullptr;
  std::map<std::string, Expr> locals;
  for (const Stmt& s : loop.body) {
    if (s.is(Stmt::Kind::comment)) continue;
    if (branch) return std::nullopt;
    if (s.is(Stmt::Kind::declare) && s.has_init && s.dims.empty() && !s.constructed) {
      locals.emplace(s.name, s.value);
      found.update.push_back(s);
    } else if (s.is(Stmt::Kind::branch) && s.otherwise.empty()) {
      branch = &s;
    } else {
      return std::nullopt;
    }
  }
  const Expr test = branch ? bare(branch->value) : Expr{};
  if (!test.is(Expr::Kind::binary) || mirrored_comparison(test.text).empty()) return std::nullopt;
  const auto value_of = [&](const Expr& e) {
    const auto local = e.is(Expr::Kind::name) ? locals.find(e.text) : locals.end();
    return element_of(local == locals.end() ? e : local->second, symbols);
  };
  const Expr &left = bare(test.kids[0]), &right = bare(test.kids[1]);
  const bool element_left = value_of(left).has_value();
  const Expr &value = element_left ? left : right, &best = element_left ? right : left;
  const auto element = value_of(value);
  if (!element || !best.is(Expr::Kind::name) || locals.count(best.text)) return std::nullopt;
  found.element = *element;
  found.best = best.text;
  found.comparison = element_left ? test.text : mirrored_comparison(test.text);
  if (!only_last_counts(branch->body, found.best, value, symbols)) return std::nullopt;
  found.update.insert(found.update.end(), branch->body.begin(), branch->body.end());
  return found;
}

bool fits(const Site& site, const ExtremeLoop& found) {
  const Symbols& symbols = *site.symbols;
  const Effects effects = effects_of(Stmts{site.loop()}, symbols.pure);
  const auto type = symbols.types.find(found.best);
  const auto stride = found.element.index.coefficient(site.loop().name);
  const bool known = type != symbols.types.end() && !kernel_type(found.element.type).empty() &&
                     kernel_type(type->second) == kernel_type(found.element.type);
  const bool writes =
      std::any_of(effects.accesses.begin(), effects.accesses.end(), [](const Access& a) { return a.write; });
  Effects inside = effects;
  for (const Stmt& s : site.loop().body)
    if (s.is(Stmt::Kind::declare)) inside.declared.erase(s.name);  // resolved in the element already
  return known && stride && stride->constant() == 1 && !effects.unknown && !effects.leaves && !writes &&
         stands_still(site.loop(), found.element, inside);
}

// Bounds that no loop around changes, in a nest that runs through.
bool length_stands(const Site& site) {
  const Effects nest = effects_of(Stmts{site.nest()}, site.symbols->pure);
  std::set<std::string> names = names_in(site.loop().lower);
  names.merge(names_in(site.loop().upper));
  const Effects bounds = effects_of({make_expression(site.loop().lower), make_expression(site.loop().upper)},
                                    site.symbols->pure);
  return !nest.unknown && !bounds.unknown && bounds.accesses.empty() &&
         std::none_of(names.begin(), names.end(), [&](const std::string& n) {
           return nest.declared.count(n) != 0 || nest.scalar_writes.count(n) != 0;
         });
}

// What every element but NaN and its like is better than, or as good as.
std::string least_value(const std::string& type, bool largest_wanted) {
  if (type == "int") return largest_wanted ? "-2147483647 - 1" : "2147483647";
  const std::string infinity = type == "double" ? "__builtin_inf()" : "__builtin_inff()";
  return (largest_wanted ? "-" : "") + infinity;
}

// "0, 1, 2, 3"
std::string numbers(int count) {
  std::string all;
  for (int i = 0; i < count; ++i) all += (i == 0 ? "" : ", ") + std::to_string(i);
  return all;
}

Site around(const Site& site) {
  Site whole = site;
  while (&whole.loop() != &site.nest()) whole.path.pop_back();
  return whole;
}

// Short rows: the places of a block of them are found first, and what the loop over the rows does with one
// follows.
struct RowBlocks {
  const Stmt* rows = nullptr;  // the loop over the rows
  Poly stride;                 // elements from row to row
  std::string also;            // tests around the loop over the row
};

bool stands_in(const Expr& e, const Effects& changes, const Symbols& symbols) {
  const Effects effects = effects_of(e, symbols.pure);
  const std::set<std::string> names = names_in(e);
  return !effects.unknown && effects.accesses.empty() && effects.scalar_writes.empty() &&
         std::none_of(names.begin(), names.end(), [&](const std::string& n) {
           return changes.declared.count(n) != 0 || changes.scalar_writes.count(n) != 0;
         });
}

std::optional<RowBlocks> read_rows(const Site& site, const ExtremeLoop& found) {
  const Symbols& symbols = *site.symbols;
  const Stmt& loop = site.loop();
  RowBlocks blocks;
  std::vector<Expr> tests;
  for (size_t i = site.path.size() - 1; i-- > 0 && blocks.rows == nullptr;) {
    const Stmt& s = *site.path[i];
    if (s.is(Stmt::Kind::loop)) {
      blocks.rows = &s;
    } else if (s.is(Stmt::Kind::branch) && std::any_of(s.body.begin(), s.body.end(), [&](const Stmt& kid) {
                 return &kid == site.path[i + 1];
               })) {
      tests.push_back(s.value);
    } else if (!s.is(Stmt::Kind::block)) {
      return std::nullopt;
    }
  }
  if (blocks.rows == nullptr || blocks.rows != &site.nest() || blocks.rows->step != 1 ||
      counter_type(*blocks.rows).empty())
    return std::nullopt;
  const Stmt& rows = *blocks.rows;
  Effects inside = effects_of(rows.body, symbols.pure);
  if (inside.unknown || inside.leaves || inside.continues) return std::nullopt;  // each row is read
  // A row is read before the rows in front of it have been worked on.
  for (const Access& a : inside.accesses)
    if (a.write && !inside.declared.count(a.base) &&
        (a.base == found.element.base || !is_separate(site, a.base, found.element.base)))
      return std::nullopt;
  Effects changes = inside;
  changes.declared.insert(rows.name);
  for (const Expr* bound : {&loop.lower, &loop.upper, &rows.lower, &rows.upper})
    if (!stands_in(*bound, changes, symbols)) return std::nullopt;
  for (const Expr& test : tests) {
    if (!stands_in(test, changes, symbols)) return std::nullopt;
    blocks.also += " && (" + to_text(test) + ")";
  }
  const auto stride = found.element.index.coefficient(rows.name);
  if (!stride || stride->is_zero() || stride->mentions(rows.name)) return std::nullopt;
  std::set<std::string> names = found.element.index.names();
  names.insert(found.element.base);
  names.erase(rows.name);
  names.erase(loop.name);
  for (const std::string& n : names)
    if (inside.declared.count(n) != 0 || inside.scalar_writes.count(n) != 0) return std::nullopt;
  blocks.stride = *stride;
  return blocks;
}

Stmts in_row_blocks(const Site& site, const ExtremeLoop& found, const RowBlocks& blocks,
                    const std::string& id, const std::string& place_type) {
  constexpr int kRows = 64;
  const Stmt &loop = site.loop(), &rows = *blocks.rows;
  const std::string type = counter_type(rows), upper = to_text(exclusive_upper(rows)), n = extent_text(loop);
  Stmt place;
  place.kind = Stmt::Kind::block;
  Stmts update{
      make_declare("const " + counter_type(loop), loop.name,
                   raw("(" + counter_type(loop) + ")(" + to_text(loop.lower) + " + ke_place__KE_N__)"))};
  update.insert(update.end(), loop.body.begin(), loop.body.end());
  place.body = {make_declare("const long", "ke_place__KE_N__",
                             raw("ke_places__KE_N__[" + rows.name + " - ke_first__KE_N__]")),
                make_branch(raw("ke_place__KE_N__ >= 0"), update)};
  Stmt each = rebuilt(rows, &loop, {place})[0];
  each.type = type;
  each.lower = Expr::name("ke_first__KE_N__");
  each.upper = Expr::name("ke_end__KE_N__");
  each.text = "<";
  Stmt corner;
  corner.kind = Stmt::Kind::block;
  corner.body = {make_declare("const " + type, rows.name, raw("ke_first__KE_N__")),
                 line(id + "_rows(" + start_text(found.element, loop, *site.symbols) + ", " +
                      offset_text(blocks.stride) + ", (long)(ke_end__KE_N__ - ke_first__KE_N__), " + n +
                      ", ke_places__KE_N__)")};
  const std::string many = std::to_string(kRows);
  Stmts body{make_declare("const " + type, "ke_end__KE_N__",
                          raw("(" + upper + ") - ke_first__KE_N__ < " + many + " ? (" + upper +
                              ") : ke_first__KE_N__ + " + many)),
             verbatim(place_type + " ke_places__KE_N__[" + many + "];"), corner, each};
  return {make_loop(type, "ke_first__KE_N__", rows.lower, raw(upper), kRows, body)};
}

}  // namespace

std::vector<Rewritten> extreme_template(const Unit& unit, const RewriteRules& rules, int) {
  const Sites sites(unit, rules.noalias);
  for (const Site& site : sites.fresh()) {
    const auto found = read_extreme(site);
    if (!found || !fits(site, *found)) continue;
    const Stmt& loop = site.loop();
    const std::string id = fresh_kernel_name(unit, "extreme"), type = counter_type(loop);
    Holes holes;
    holes.text = type_holes(kernel_type(found->element.type));
    const bool last = ends_with(found->comparison, "=");
    holes.text["ID"] = id;
    holes.text["EARLIER"] = last ? ">" : "<";
    holes.text["FAR"] = last ? "-1" : "0x7fffffff";
    holes.text["OP"] = found->comparison;
    holes.text["STRICT"] = found->comparison.substr(0, 1);
    holes.text["WHICH"] = last ? "last" : "first";
    holes.flags.insert(last ? "LAST" : "FIRST");
    Stmt block;
    block.kind = Stmt::Kind::block;
    block.body.push_back(make_declare("const long", "ke_count__KE_N__", raw(extent_text(loop))));
    block.body.push_back(make_declare("const long", "ke_place__KE_N__",
                                      raw(id + "(" + start_text(found->element, loop, *site.symbols) +
                                          ", ke_count__KE_N__, " + found->best + ")")));
    Stmts update{make_declare("const " + type, loop.name,
                              raw("(" + type + ")(" + to_text(loop.lower) + " + ke_place__KE_N__)"))};
    update.insert(update.end(), found->update.begin(), found->update.end());
    block.body.push_back(make_branch(raw("ke_place__KE_N__ >= 0"), update));
    // Short runs stay with the plain loops, all of them where the length stands: others may still unroll
    // them.
    const Site whole = length_stands(site) ? around(site) : site;
    const Stmts fast = rebuilt(whole.loop(), &loop, {block});
    Stmts chosen{make_branch(raw(id + "_open(" + extent_text(loop) + ")"), fast, {whole.loop()})};
    const auto rows = read_rows(site, *found);
    if (rows && rows->rows == &whole.loop()) {
      holes.flags.insert("ROWS");
      const int side = holes.text["CT"] == "double" ? 2 : 4;  // elements of 16 bytes
      holes.text["TWICE"] = numbers(2 * side);
      holes.text["FOURFOLD"] = numbers(4 * side);
      holes.text["LEAST"] = least_value(holes.text["CT"], holes.text["STRICT"] == ">");
      chosen = {make_branch(raw(id + "_rows_open(" + extent_text(loop) + ")" + rows->also),
                            in_row_blocks(site, *found, *rows, id, holes.text["MT"]), chosen)};
    }
    Independence free;
    free.holds = true;
    auto made =
        with_kernel(whole, chosen, free, "extreme", holes, "The place of the extreme is found in vectors.",
                    "place of the extreme over " + loop.name);
    if (!made.empty()) return made;
  }
  return {};
}

}  // namespace ke
