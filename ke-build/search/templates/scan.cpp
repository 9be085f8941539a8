// SPDX-License-Identifier: MIT
// Running sums that are stored: y[i] = the sum of x[0..i], or of what stands before i.
#include "ke-build/search/templates/family.h"
#include "ke-build/search/templates/nest.h"

namespace ke {
namespace {

struct ScanLoop {
  Element x, y;
  std::string sum;
  bool inclusive = false;
};

std::optional<ScanLoop> read_scan(const Site& site) {
  const Stmt& loop = site.loop();
  const Symbols& symbols = *site.symbols;
  std::vector<const Stmt*> steps;
  for (const Stmt& s : loop.body)
    if (!s.is(Stmt::Kind::comment)) steps.push_back(&s);
  if (loop.step != 1 || steps.size() != 2) return std::nullopt;
  ScanLoop found;
  for (size_t i = 0; i < 2; ++i) {
    if (!steps[i]->is(Stmt::Kind::expression) || !steps[i]->value.is(Expr::Kind::assign)) return std::nullopt;
    const Expr& e = steps[i]->value;
    const Expr &target = bare(e.kids[0]), &value = bare(e.kids[1]);
    if (target.is(Expr::Kind::name)) {
      Expr added = value;
      if (e.text == "=") {
        // s = s + x[i]
        if (!value.is(Expr::Kind::binary, "+")) return std::nullopt;
        const bool left = same(bare(value.kids[0]), target);
        if (!left && !same(bare(value.kids[1]), target)) return std::nullopt;
        added = value.kids[left ? 1 : 0];
      } else if (e.text != "+=") {
        return std::nullopt;
      }
      const auto x = element_of(added, symbols);
      if (!x || !found.sum.empty()) return std::nullopt;
      found.x = *x;
      found.sum = target.text;
      found.inclusive = i == 0;
    } else {
      const auto y = element_of(target, symbols);
      if (!y || e.text != "=" || !value.is(Expr::Kind::name)) return std::nullopt;
      found.y = *y;
      if (!found.sum.empty() && value.text != found.sum) return std::nullopt;
      if (found.sum.empty()) {
        // Exclusive: the sum is stored before it grows; the name is compared when it is known.
        const Stmt* other = steps[1];
        const bool same_name = other->is(Stmt::Kind::expression) && other->value.is(Expr::Kind::assign) &&
                               bare(other->value.kids[0]).is(Expr::Kind::name, value.text);
        if (!same_name) return std::nullopt;
      }
    }
  }
  if (found.sum.empty() || found.y.base.empty()) return std::nullopt;
  return found;
}

bool is_unit(const Element& element, const std::string& variable) {
  const auto stride = element.index.coefficient(variable);
  return stride && stride->constant() == 1;
}

}  // namespace

std::vector<Rewritten> scan_template(const Unit& unit, const RewriteRules& rules, int streamed) {
  const Sites sites(unit, rules.noalias);
  for (const Site& site : sites.fresh()) {
    const auto found = read_scan(site);
    if (!found) continue;
    const Stmt& loop = site.loop();
    const auto type = site.symbols->types.find(found->sum);
    const std::string element = kernel_type(found->x.type);
    const Effects effects = effects_of(Stmts{loop}, site.symbols->pure);
    const bool fits = type != site.symbols->types.end() && !element.empty() &&
                      kernel_type(type->second) == element && kernel_type(found->y.type) == element &&
                      is_unit(found->x, loop.name) && is_unit(found->y, loop.name) &&
                      stands_still(loop, found->x, effects) && stands_still(loop, found->y, effects);
    if (!fits) continue;
    Independence independence;
    independence.holds = true;
    if (found->x.base == found->y.base) {
      // In place, element by element; what is stored before it is read is another sum.
      if (!found->inclusive || !(found->x.index == found->y.index)) continue;
    } else if (!is_separate(site, found->x.base, found->y.base)) {
      const NamePair pair = std::minmax(found->x.base, found->y.base);
      independence.unchecked.push_back(pair);
      if (found->inclusive && found->x.index == found->y.index) independence.may_equal.push_back(pair);
    }
    const std::string id = fresh_kernel_name(unit, "scan");
    Holes holes;
    holes.text = type_holes(element);
    holes.text["ID"] = id;
    holes.text["TO"] = found->inclusive ? "and with" : "but without";
    holes.flags.insert(found->inclusive ? "INCLUSIVE" : "EXCLUSIVE");
    if (streamed != 0) holes.flags.insert("STREAM");
    const std::string call = found->sum + " = " + id + "(" + start_text(found->x, loop, *site.symbols) +
                             ", " + start_text(found->y, loop, *site.symbols) + ", " + extent_text(loop) +
                             ", " + found->sum + ")";
    auto made = with_kernel(site, {line(call)}, independence, "scan", holes,
                            "Running sums are made vector by vector.",
                            "running sums over " + loop.name + (streamed != 0 ? ", past the cache" : ""));
    if (!made.empty()) return made;
  }
  return {};
}

}  // namespace ke
