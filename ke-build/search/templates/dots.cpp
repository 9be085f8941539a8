// SPDX-License-Identifier: MIT
// Matrix times vector, in either layout, and sums of rows or columns: the sums of a block of places are made
// ahead, several places at a time, and the user's own loop finds them instead of summing.
#include "ke-build/base/text.h"
#include "ke-build/search/templates/contraction_site.h"
#include "ke-build/search/templates/family.h"
#include "ke-build/search/templates/template_file.h"

#include <fmt/format.h>

namespace ke {
namespace {

constexpr int kBlock = 1024;  // sums on the stack

struct Strides {
  std::string side, step, x_step;
  bool gathers = false;  // the steps are read from a table
};
constexpr int kSteps = 512;  // offsets of steps on the stack

std::optional<Strides> strides_of(const ContractionSite& site) {
  const auto side = site.col.index.coefficient(site.cols[0]->name);
  const auto step = site.col.index.coefficient(site.depth[0]->name);
  const bool gathers = !step && side && side->constant() == 1;
  const auto x_step = site.single ? std::optional(Poly(1)) : site.row.index.coefficient(site.depth[0]->name);
  if (!side || !x_step || side->is_zero() || !(step || gathers)) return std::nullopt;
  return Strides{offset_text(*side), step ? offset_text(*step) : "", offset_text(*x_step), gathers};
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

// The offsets of some steps at a time, then what they add.
void gather_calls(const ContractionSite& site, const std::string& id, const Strides& strides, Stmts& out) {
  const Stmt& loop = *site.depth[0];
  const std::set<std::string> variable{loop.name};
  Element places = site.col;
  places.index = terms_without(site.col.index, variable);
  const std::string type = counter_type(loop);
  out.push_back(
      verbatim("for (long ke_at__KE_N__ = 0; ke_at__KE_N__ < ke_count__KE_N__; ++ke_at__KE_N__) "
               "ke_dots__KE_N__[ke_at__KE_N__] = 0;"));
  Stmt chunks;
  chunks.kind = Stmt::Kind::wild;
  chunks.text = fmt::format(
      "for (long ke_from__KE_N__ = 0; ke_from__KE_N__ < ke_depth__KE_N__; ke_from__KE_N__ += {})", kSteps);
  Stmt fill;
  fill.kind = Stmt::Kind::wild;
  fill.text = "for (long ke_at__KE_N__ = 0; ke_at__KE_N__ < ke_some__KE_N__; ++ke_at__KE_N__)";
  fill.body = {
      make_declare(
          "const " + type, loop.name,
          raw(fmt::format("({})({} + (ke_from__KE_N__ + ke_at__KE_N__))", type, to_text(loop.lower)))),
      line("ke_steps__KE_N__[ke_at__KE_N__] = " + offset_text(terms_with(site.col.index, variable)))};
  std::string x = "0";
  if (!site.single) x = place_text(site.row, site, "") + " + ke_from__KE_N__ * (" + strides.x_step + ")";
  chunks.body = {
      verbatim(fmt::format("long ke_steps__KE_N__[{}];", kSteps)),
      make_declare("const long", "ke_some__KE_N__",
                   raw(fmt::format("ke_depth__KE_N__ - ke_from__KE_N__ < {0} ? "
                                   "ke_depth__KE_N__ - ke_from__KE_N__ : {0}",
                                   kSteps))),
      fill,
      line(fmt::format("{}({}, ke_steps__KE_N__, {}, {}, ke_count__KE_N__, ke_some__KE_N__, ke_dots__KE_N__)",
                       id, place_text(places, site, "ke_first__KE_N__"), x, strides.x_step))};
  out.push_back(chunks);
}

Stmts dots_in_place(const ContractionSite& site, const std::string& id, const Strides& strides) {
  const Stmt& loop = *site.block;
  const std::string type = counter_type(loop);
  const std::string lower =
      bare(loop.lower).is(Expr::Kind::number, "0") ? "" : "(" + to_text(loop.lower) + ") + ";
  const std::string from_lower = lower.empty() ? "" : " - (long)(" + to_text(loop.lower) + ")";
  Expr sum{Expr::Kind::opaque,
           fmt::format("ke_dots__KE_N__[(long){}{} - ke_first__KE_N__]", loop.name, from_lower),
           {}};
  if (site.factor) sum = Expr::binary(Expr{Expr::Kind::group, "", {*site.factor}}, "*", sum);
  Stmts made;
  walk(site.inner->body, [&](const Stmt& s) {
    if (s.is(Stmt::Kind::declare) && mentions(site.target, s.name)) made.push_back(s);
  });
  made.push_back(make_expression(Expr::assign(site.target, site.subtract ? "-=" : "+=", sum)));
  Stmt part = loop;
  if (site.inner == &site.region.loop())
    part.body = made;
  else
    part = rebuilt(loop, site.inner, made)[0];
  drop_unused(part.body);
  part.lower = raw(fmt::format("{}({})ke_first__KE_N__", lower, type));
  part.upper = raw(fmt::format("{}({})(ke_first__KE_N__ + ke_count__KE_N__)", lower, type));
  part.text = "<";
  Stmt blocks;
  blocks.kind = Stmt::Kind::wild;
  blocks.text = fmt::format(
      "for (long ke_first__KE_N__ = 0; ke_first__KE_N__ < ke_places__KE_N__; ke_first__KE_N__ += {})",
      kBlock);
  blocks.body.push_back(make_declare(
      "const long", "ke_count__KE_N__",
      raw(fmt::format(
          "ke_places__KE_N__ - ke_first__KE_N__ < {0} ? ke_places__KE_N__ - ke_first__KE_N__ : {0}",
          kBlock))));
  if (strides.gathers)
    gather_calls(site, id, strides, blocks.body);
  else
    blocks.body.push_back(
        line(fmt::format("{}({}, {}, {}, {}, {}, ke_count__KE_N__, ke_depth__KE_N__, ke_dots__KE_N__)", id,
                         place_text(site.col, site, "ke_first__KE_N__"), strides.side, strides.step,
                         site.single ? "0" : place_text(site.row, site, ""), strides.x_step)));
  blocks.body.push_back(part);
  Stmt block;
  block.kind = Stmt::Kind::block;
  block.body.push_back(make_declare("const long", "ke_places__KE_N__", raw(extent_text(loop))));
  block.body.push_back(make_declare("const long", "ke_depth__KE_N__", raw(extent_text(*site.depth[0]))));
  block.body.push_back(make_array(site.type, "ke_dots__KE_N__", Expr::number(kBlock)));
  block.body.push_back(blocks);
  return {block};
}

}  // namespace

std::vector<Rewritten> dots_template(const Unit& unit, const RewriteRules& rules, int) {
  const Sites sites(unit, rules.noalias);
  for (const Site& site : sites.all()) {
    const auto found = read_contraction(site);
    const bool fits = found && found->rows.empty() && found->cols.size() == 1 && found->depth.size() == 1 &&
                      found->kept.size() <= 1 && found->forms.empty() && found->col.type == found->type &&
                      (found->single || found->row.type == found->type);
    if (!fits) continue;
    const auto strides = strides_of(*found);
    if (!strides) continue;
    const std::string id = fresh_kernel_name(unit, "dots");
    Holes holes;
    Expr product = found->product;
    substitute(product, "@0", Expr::name("a"));
    substitute(product, "@1", Expr::name("b"));
    holes.text = {{"ID", id},
                  {"CT", found->type == "int32_t" ? "int" : found->type},
                  {"PRODUCT", to_text(product)},
                  {"WITH_X", found->single ? "" : " and a being x[k * x_step]"},
                  {"AHEAD", "4"},
                  {"ALIGN", found->type == "double" ? "8" : "4"}};
    holes.portable = true;
    holes.flags.insert(found->single ? "NO_X" : "X");
    const auto kernel = instantiate(strides->gathers ? "gathers" : "dots", holes);
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
