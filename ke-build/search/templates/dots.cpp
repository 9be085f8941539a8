// SPDX-License-Identifier: MIT
// Matrix times vector, in either layout, and sums of rows or columns: the sums of a block of places are made
// ahead, several places at a time, and the user's own loop finds them instead of summing.
#include "ke-build/base/text.h"
#include "ke-build/search/templates/contraction_site.h"
#include "ke-build/search/templates/family.h"
#include "ke-build/search/templates/sums_ahead.h"
#include "ke-build/search/templates/template_file.h"

#include <fmt/format.h>

namespace ke {
namespace {

struct Strides {
  std::string side, step, x_step;
};

std::optional<Strides> strides_of(const ContractionSite& site) {
  const auto side = site.col.index.coefficient(site.cols[0]->name);
  const auto step = site.col.index.coefficient(site.depth[0]->name);
  const auto x_step = site.single ? std::optional(Poly(1)) : site.row.index.coefficient(site.depth[0]->name);
  if (!side || !x_step || !step || side->is_zero()) return std::nullopt;
  return Strides{offset_text(*side), offset_text(*step), offset_text(*x_step)};
}

// The address of the element whose variables are all at their first values.
std::string place_text(const Element& element, const ContractionSite& site, const std::string& first) {
  Poly index = element.index;
  std::string text = pointer_text(element.base, *site.region.symbols);
  std::string moved;
  for (const Stmt* loop : {site.cols[0], site.depth[0]}) {
    const auto factor = index.coefficient(loop->name);
    if (!factor || factor->is_zero()) continue;
    std::string place = "(long)(" + to_text(loop->lower) + ")";
    if (bare(loop->lower).is(Expr::Kind::number, "0")) place = "0";
    if (loop == site.cols[0] && !first.empty())
      place = place == "0" ? first : "(" + place + " + " + first + ")";
    const bool unit = factor->constant() == 1;
    if (place != "0") moved += " + " + place + (unit ? "" : " * (" + offset_text(*factor) + ")");
    index = index.without(loop->name);
  }
  if (!index.is_zero()) text += " + (" + offset_text(index) + ")";
  return text + moved;
}

Stmts dots_in_place(const ContractionSite& site, const std::string& id, const Strides& strides) {
  const Stmts setup{make_declare("const long", "ke_depth__KE_N__", raw(extent_text(*site.depth[0])))};
  const Stmt call =
      line(fmt::format("{}({}, {}, {}, {}, {}, ke_count__KE_N__, ke_depth__KE_N__, ke_dots__KE_N__{})", id,
                       place_text(site.col, site, "ke_first__KE_N__"), strides.side, strides.step,
                       site.single ? "0" : place_text(site.row, site, ""), strides.x_step,
                       site.extras.empty() ? "" : ", ke_extra__KE_N__"));
  return blocks_of_places(site, setup, {call});
}

}  // namespace

std::vector<Rewritten> dots_template(const Unit& unit, const RewriteRules& rules, int) {
  const Sites sites(unit, rules.noalias);
  for (const Site& site : sites.fresh()) {
    const auto found = read_contraction(site);
    const bool fits = found && found->rows.empty() && found->cols.size() == 1 && found->depth.size() == 1 &&
                      found->kept.size() <= 1 && found->forms.empty() && found->col.type == found->type &&
                      (found->single || found->row.type == found->type);
    if (!fits) continue;
    const auto strides = strides_of(*found);
    if (!strides) continue;
    const std::string id = fresh_kernel_name(unit, "dots");
    Holes holes;
    holes.text = type_holes(found->type);
    holes.text["ID"] = id;
    holes.text["WITH_X"] = found->single ? "" : " and a being x[k * x_step]";
    holes.text.merge(product_holes(found->product, found->extras, found->type));
    holes.flags.insert(found->single ? "NO_X" : "X");
    const auto kernel = instantiate("dots", holes);
    if (!kernel) return {};
    auto text = commit(found->region, dots_in_place(*found, id, *strides), found->independence,
                       "Sums of a block of places come from a kernel that makes several at a time.");
    if (!text) continue;
    *text = numbered(*text, unit);
    *text = with_kernel_text(*text, unit.preamble_at, *kernel);
    if (!parses_as_well(unit, *text)) continue;
    return {{*text, fmt::format("sums over {} for places over {}, line {}", found->depth[0]->name,
                                found->cols[0]->name, found->inner->line)}};
  }
  return {};
}

}  // namespace ke
