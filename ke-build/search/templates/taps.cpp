// SPDX-License-Identifier: MIT
// Taps: sums over a few steps for places that lie side by side, each step at an offset of its own. Filters of
// signals and images, depthwise convolution over interleaved channels, sums of gathered rows. Tests at the
// border that do not depend on the place choose the steps beforehand.
#include "ke-build/search/syntax/overlap.h"
#include "ke-build/search/templates/family.h"
#include "ke-build/search/templates/summing_loops.h"
#include "ke-build/search/templates/sums_ahead.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

namespace ke {
namespace {

constexpr int kSteps = 256;  // offsets of steps on the stack
constexpr int kAhead = 64;   // rows of the next iteration that are fetched ahead

struct TapsSite {
  ContractionSite sums;     // rows empty; cols[0] runs over the places
  bool row_vector = false;  // the other factor differs from place to place, too
};

// The loop over the places: inside of the summing loops, or right around them.
bool find_places(const Site& inner, TapsSite& taps) {
  ContractionSite& site = taps.sums;
  site.region = inner;
  if (site.kept.size() == 1) {
    site.cols = site.kept;
  } else if (site.kept.empty()) {
    size_t at = inner.path.size() - 1;
    while (at > 0 && inner.path[at - 1]->is(Stmt::Kind::block)) --at;
    if (at == 0 || !inner.path[at - 1]->is(Stmt::Kind::loop) || inner.path[at - 1]->step != 1) return false;
    if (!runs_through(*inner.path[at - 1], *inner.symbols)) return false;
    site.region.path.resize(at);
    site.cols = {&site.region.loop()};
  } else {
    return false;
  }
  site.block = site.cols[0];
  return true;
}

// 1: side by side, 0: the same for all places; nothing for other strides.
std::optional<int> stride_of_places(const Element& element, const std::string& place) {
  const auto stride = element.index.coefficient(place);
  if (!stride || !stride->constant() || *stride->constant() < 0 || *stride->constant() > 1)
    return std::nullopt;
  return static_cast<int>(*stride->constant());
}

bool read_elements(TapsSite& taps) {
  ContractionSite& site = taps.sums;
  const std::string& place = site.cols[0]->name;
  std::set<std::string> variables = names_of(site.depth);
  variables.insert(place);
  for (const Element* element : {&site.row, &site.col})
    if (!is_separable(element->index, variables) || element->type != site.type) return false;
  for (const Poly& form : site.forms)
    if (form.mentions(place)) return false;
  auto row = stride_of_places(site.row, place), col = stride_of_places(site.col, place);
  if (!row || !col) return false;
  if (*col == 0) {
    std::swap(site.row, site.col);
    std::swap(row, col);
    substitute(site.product, "@0", Expr::name("@2"));
    substitute(site.product, "@1", Expr::name("@0"));
    substitute(site.product, "@2", Expr::name("@1"));
  }
  taps.row_vector = *row == 1 && !site.single;
  return *col == 1;
}

std::optional<TapsSite> read_taps(const Site& inner) {
  const Symbols& symbols = *inner.symbols;
  const auto loops = read_summing_loops(inner.loop(), symbols);
  auto read = loops ? sums_of(*loops, inner) : std::nullopt;
  if (!read) return std::nullopt;
  TapsSite taps;
  taps.sums = std::move(*read);
  ContractionSite& site = taps.sums;
  if (!find_places(inner, taps)) return std::nullopt;
  const Effects effects = effects_of(Stmts{site.region.loop()}, symbols.pure);
  std::set<std::string> changing = effects.declared;
  changing.insert(effects.scalar_writes.begin(), effects.scalar_writes.end());
  const auto summed = read_summed_form(loops->value, symbols, changing, site.type);
  if (!summed) return std::nullopt;
  site.single = summed->elements.size() == 1;
  site.row = summed->elements[0], site.col = summed->elements.back();
  if (site.single) site.row = site.col;
  site.product = summed->form;
  if (site.single) substitute(site.product, "@0", Expr::name("@1"));
  site.extras = summed->extras;
  site.factor = summed->factor;
  if (!read_elements(taps) || !can_sum_ahead(site)) return std::nullopt;
  return taps;
}

// Gathered rows against what is written: looking for the lowest and the highest row beforehand costs as much
// as short sums. The steps tell once they are found, and nothing is written before. "" where the pairs stay
// unchecked.
std::string apart_by_steps(ContractionSite& site) {
  if (site.col.tables.empty() || site.block != &site.region.loop()) return "";
  const std::string rows = pointer_text(site.col.base, *site.region.symbols) + " + ke_from__KE_N__";
  std::string apart;
  std::vector<NamePair> left;
  for (const NamePair& pair : site.independence.unchecked) {
    if (pair.first != site.col.base && pair.second != site.col.base) {
      left.push_back(pair);
      continue;
    }
    const std::string& written = pair.first == site.col.base ? pair.second : pair.first;
    const auto reach = reach_of(site.region, site.region.loop(), written);
    if (!reach) return "";
    apart += fmt::format(
        "{}((const char*)({}) <= (const char*)({} + ke_low__KE_N__) || (const char*)({} + ke_high__KE_N__ + "
        "ke_count__KE_N__) <= (const char*)({}))",
        apart.empty() ? "" : " && ", to_text(reach->second), rows, rows, to_text(reach->first));
  }
  if (apart.empty()) return "";
  site.independence.unchecked = left;
  return "ke_low__KE_N__ > ke_high__KE_N__ || (" + apart + ")";
}

// The loop around the region whose next iteration gathers its rows by tables that stand still; null when
// there is none.
const Stmt* loop_around(const ContractionSite& site) {
  const Site& region = site.region;
  size_t at = region.path.size() - 1;
  while (at > 0 && region.path[at - 1]->is(Stmt::Kind::block)) --at;
  if (at == 0 || !region.path[at - 1]->is(Stmt::Kind::loop)) return nullptr;
  const Stmt& loop = *region.path[at - 1];
  const Effects effects = effects_of(loop.body, region.symbols->pure);
  if (loop.step != 1 || effects.unknown || effects.leaves || site.col.tables.empty() ||
      site.depth.size() != 1 || !site.forms.empty())
    return nullptr;
  // Bounds and tables as the next iteration will read them.
  std::set<std::string> names = names_in(site.depth[0]->lower);
  names.merge(names_in(site.depth[0]->upper));
  for (const auto& [factors, scale] : site.col.index.terms())
    for (const std::string& factor : factors) names.merge(identifiers(factor));
  names.erase(site.depth[0]->name);
  names.erase(site.cols[0]->name);
  for (const std::string& name : names)
    if (effects.declared.count(name) || effects.scalar_writes.count(name)) return nullptr;
  for (const Trace& t : traces_of(loop.body, *region.symbols)) {
    if (!t.write || effects.declared.count(t.base)) continue;
    for (const std::string& name : names) {
      const auto type = region.symbols->types.find(name);
      const bool array = type == region.symbols->types.end() || !is_integer_type(type->second);
      if (array && (!t.known_base || t.base == name || !is_separate(region, name, t.base))) return nullptr;
    }
  }
  return &loop;
}

class TapsWriter {
 public:
  TapsWriter(const TapsSite& taps, std::string id, std::string apart, bool fetches)
      : taps_(taps), site_(taps.sums), id_(std::move(id)), apart_(std::move(apart)), fetches_(fetches) {}

  Stmts replacement() const {
    Stmts setup{verbatim(fmt::format("long ke_steps__KE_N__[{}];", kSteps))};
    if (taps_.row_vector) setup.push_back(verbatim(fmt::format("long ke_others__KE_N__[{}];", kSteps)));
    if (!taps_.row_vector && !site_.single)
      setup.push_back(verbatim(fmt::format("{} ke_others__KE_N__[{}];", site_.type, kSteps)));
    if (const Stmt* around = fetches_ ? loop_around(site_) : nullptr) setup.push_back(fetch_next(*around));
    Stmts sums{make_declare("long", "ke_some__KE_N__", Expr::number(0)),
               verbatim("for (long ke_at__KE_N__ = 0; ke_at__KE_N__ < ke_count__KE_N__; ++ke_at__KE_N__) "
                        "ke_dots__KE_N__[ke_at__KE_N__] = 0;")};
    if (!apart_.empty()) {
      sums.push_back(make_declare("const long", "ke_from__KE_N__", raw(from() + "ke_first__KE_N__")));
      sums.push_back(
          verbatim("long ke_low__KE_N__ = (long)(~0ul >> 1), ke_high__KE_N__ = -1 - ke_low__KE_N__;"));
    }
    sums.push_back(steps());
    sums.push_back(line(call()));
    return blocks_of_places(site_, setup, sums, apart_);
  }

 private:
  std::string from() const {
    const Expr& lower = bare(site_.block->lower);
    return lower.is(Expr::Kind::number, "0") ? "" : "(long)(" + to_text(lower) + ") + ";
  }
  // The first place of the block; everything else is in the offset of the step.
  std::string start(const Element& element) const {
    return pointer_text(element.base, *site_.region.symbols) + " + " + from() + "ke_first__KE_N__";
  }

  // Rows lie anywhere: those of the next sums are on their way while these are made.
  Stmt fetch_next(const Stmt& around) const {
    const std::string row =
        fmt::format("(const char*)({} + {}{})", pointer_text(site_.col.base, *site_.region.symbols), from(),
                    "(" + step_text(site_.col) + ")");
    Stmt rows = *site_.depth[0];
    rows.body = {make_branch(
        raw("ke_fetched__KE_N__ < ke_places__KE_N__ * (long)sizeof(" + site_.type + ") * " +
            std::to_string(kAhead)),
        {make_declare("const char* const", "ke_row__KE_N__", parse_expression(row)),
         verbatim("for (long ke_byte__KE_N__ = 0; ke_byte__KE_N__ < ke_places__KE_N__ * (long)sizeof(" +
                  site_.type +
                  ") && ke_byte__KE_N__ < 2048; ke_byte__KE_N__ += 64) __builtin_prefetch(ke_row__KE_N__ + "
                  "ke_byte__KE_N__);"),
         line("ke_fetched__KE_N__ += ke_places__KE_N__ * (long)sizeof(" + site_.type + ")")})};
    Stmts next{make_declare("long", "ke_fetched__KE_N__", Expr::number(0)), rows};
    substitute(next, around.name,
               Expr{Expr::Kind::group, "", {sum(Expr::name(around.name), Expr::number(1))}});
    const Expr more =
        Expr::binary(sum(Expr::name(around.name), Expr::number(1)), "<", exclusive_upper(around));
    return make_branch(more, next);
  }

  std::string step_text(const Element& element) const {
    return offset_text(terms_without(element.index, {site_.cols[0]->name}));
  }

  std::string call() const {
    std::string others = "0";
    if (!site_.single) others = "ke_others__KE_N__";
    const std::string vector = taps_.row_vector ? start(site_.row) + ", " : "";
    return fmt::format("{}({}, ke_steps__KE_N__, {}{}, ke_count__KE_N__, ke_some__KE_N__, ke_dots__KE_N__{})",
                       id_, start(site_.col), vector, others,
                       site_.extras.empty() ? "" : ", ke_extra__KE_N__");
  }

  // The user's summing loops, noting offsets instead of adding.
  Stmt steps() const {
    Stmts body{make_branch(raw("ke_some__KE_N__ == " + std::to_string(kSteps)),
                           {line(call()), line("ke_some__KE_N__ = 0")}),
               line("ke_steps__KE_N__[ke_some__KE_N__] = " + step_text(site_.col))};
    if (!apart_.empty()) {
      const char* const step = "ke_steps__KE_N__[ke_some__KE_N__]";
      for (const auto& [name, op] : {std::pair("ke_low__KE_N__", "<"), std::pair("ke_high__KE_N__", ">")})
        body.push_back(line(fmt::format("{0} = {1} {2} {0} ? {1} : {0}", name, step, op)));
    }
    if (taps_.row_vector)
      body.push_back(line("ke_others__KE_N__[ke_some__KE_N__] = " + step_text(site_.row)));
    else if (!site_.single)
      body.push_back(
          line("ke_others__KE_N__[ke_some__KE_N__] = " + pointer_text(site_.row.base, *site_.region.symbols) +
               "[" + offset_text(site_.row.index) + "]"));
    body.push_back(line("++ke_some__KE_N__"));
    if (!site_.forms.empty()) {
      std::string test;
      for (const Poly& form : site_.forms) test += (test.empty() ? "" : " && ") + offset_text(form) + " >= 0";
      body = {make_branch(raw(test), body)};
    }
    for (auto loop = site_.depth.rbegin(); loop != site_.depth.rend(); ++loop) {
      Stmt around = **loop;
      around.body = std::move(body);
      body = {around};
    }
    return body[0];
  }

  const TapsSite& taps_;
  const ContractionSite& site_;
  const std::string id_, apart_;
  const bool fetches_;
};

}  // namespace

// `ahead`: steps that gathered rows are fetched in advance; above 0 those of the next sums are fetched as
// well.
std::vector<Rewritten> taps_template(const Unit& unit, const RewriteRules& rules, int ahead) {
  const Sites sites(unit, rules.noalias);
  for (const Site& site : sites.fresh()) {
    auto found = read_taps(site);
    if (!found) continue;
    const std::string apart = apart_by_steps(found->sums);
    const ContractionSite& sums = found->sums;
    const std::string id = fresh_kernel_name(unit, "taps");
    Holes holes;
    holes.text = type_holes(sums.type);
    holes.text.merge(product_holes(sums.product, sums.extras, sums.type));
    holes.text["ID"] = id;
    holes.text["AHEAD"] = std::to_string(std::abs(ahead));
    holes.text["X_PARAM"] = found->row_vector ? "const " + sums.type + "* x, const long* others"
                                              : "const " + sums.type + "* others";
    holes.text["X_ARG"] = found->row_vector ? "x, others" : "others";
    holes.text["X_ARG_I"] = found->row_vector ? "x + i, others" : "others";
    holes.text["WITH_X"] = sums.single         ? ""
                           : found->row_vector ? " and a being x[others[k] + place]"
                                               : " and a others[k]";
    holes.flags.insert(sums.single ? "NO_X" : found->row_vector ? "VECTOR_X" : "SCALAR_X");
    if (!sums.col.tables.empty()) holes.flags.insert("GATHERED");
    const TapsWriter writer(*found, id, apart, ahead > 0);
    auto made = with_kernel(sums.region, writer.replacement(), sums.independence, "taps", holes,
                            "The steps are found first; their sums are made for many places at a time.",
                            "steps over " + sums.depth[0]->name + " for places over " + sums.cols[0]->name);
    if (!made.empty()) return made;
  }
  return {};
}

}  // namespace ke
