// SPDX-License-Identifier: MIT
// Contractions: the sums of whole blocks of rows are made ahead by a packed, register-tiled kernel, and the
// user's own loops find them in a panel instead of summing.
#include "ke-build/base/text.h"
#include "ke-build/search/templates/contraction_padding.h"
#include "ke-build/search/templates/contraction_site.h"
#include "ke-build/search/templates/family.h"
#include "ke-build/search/templates/template_file.h"

#include <climits>
#include <fmt/format.h>

namespace ke {
namespace {

// Rows per panel, steps per pass, bytes of a panel; up to how many rows the columns are read in place.
struct Sizes {
  int rows, depth, panel, few;
};
constexpr Sizes kSizes[] = {{96, 256, 1 << 18, 192}, {192, 192, 1 << 19, 1 << 30}, {48, 384, 1 << 18, 0}};
constexpr int kDots = 24;  // beyond so many rows, packing costs less than dot products in place

class Writer {
 public:
  Writer(const ContractionSite& site, const std::optional<Padding>& padding, std::string id)
      : site_(site), symbols_(*site.region.symbols), padding_(padding), id_(std::move(id)) {}

  Holes holes(const Sizes& sizes, const RewriteRules& rules) const {
    Holes h;
    const bool convert = site_.row.type != site_.type;
    const bool pack_rows = convert || (!site_.forms.empty() && site_.guard_rows && !padding_);
    h.text = {{"ID", id_},
              {"CT", site_.type},
              {"RT", element_text(site_.row)},
              {"AT", pack_rows ? site_.type : element_text(site_.row)},
              {"BT", element_text(site_.col)},
              {"BV", site_.type},
              {"ALIGN", site_.type == "double" ? "8" : "4"},
              {"MC", std::to_string(sizes.rows)},
              {"KC", std::to_string(sizes.depth)},
              {"PANEL", std::to_string(sizes.panel)},
              {"FEW", std::to_string(few_rows(sizes))},
              {"MT", site_.type == "double" ? "long long" : "int"},
              {"ROWS_FROM", pack_rows ? "p->row_pack" : "x"},
              {"ROW_STEP", pack_rows ? "p->row_pack_step" : "p->row_step"}};
    h.text.merge(product_holes(site_.product, site_.extras, site_.type));
    if (!site_.extras.empty()) h.flags.insert("EXTRA");
    if (pack_rows) h.flags.insert("PACK_ROWS");
    if (site_.col.type == site_.type) h.flags.insert("SAME");
    h.text["NARROW"] = "cols < 3";
    if (reads_in_place()) dot_holes(h, pack_rows);
    if (!site_.forms.empty() && needs_finite(rules)) {
      h.flags.insert("FINITE");
      h.text["OT"] = element_text(site_.guard_rows ? site_.col : site_.row);
    }
    if (padding_) {
      h.flags.insert("PADDED");
      h.text["PT"] = element_text(site_.guard_rows ? site_.row : site_.col);
      h.text["DIMS"] = std::to_string(padding_->dims.size());
    } else if (!site_.forms.empty()) {
      h.flags.insert({"GUARD", site_.guard_rows ? "GUARD_ROWS" : "GUARD_COLS"});
      h.text["FORMS"] = std::to_string(site_.forms.size());
      h.text["GUARDED"] = site_.guard_rows ? "rows" : "cols";
    }
    return h;
  }

  Stmts replacement(const RewriteRules& rules) const {
    Stmts fast;
    fast.push_back(verbatim("long* ke_at__KE_N__;"));
    if (padding_) pads(fast);
    table(fast, "row", site_.rows, index(true), true);
    table(fast, "col", site_.cols, index(false), true);
    table(fast, "row_step", site_.depth, index(true), false);
    table(fast, "col_step", site_.depth, index(false), false);
    if (padding_)
      fast.push_back(line(fmt::format("{}_pad(&ke_sums__KE_N__, {} + ({}))", id_,
                                      pointer_text(padded().base, symbols_), offset_text(padding_->base))));
    else
      guards(fast);
    for (size_t i = 0; i < site_.extras.size(); ++i)
      fast.push_back(line(fmt::format("ke_sums__KE_N__.extra[{}] = {}", i, site_.extras[i])));
    Stmts run{line(id_ + "_pack(&ke_sums__KE_N__, " + source(false) + ")"),
              make_declare("const long", "ke_block__KE_N__", raw("ke_sums__KE_N__.block / ke_inner__KE_N__")),
              block_loop()};
    if (!site_.forms.empty() && needs_finite(rules)) {
      // The rest of the region is the plain one then.
      const Element& other = site_.guard_rows ? site_.col : site_.row;
      const std::string side = site_.guard_rows ? "col" : "row";
      fast.push_back(make_declare(
          "const int", "ke_finite__KE_N__",
          raw(fmt::format(
              "{}_finite(&ke_sums__KE_N__, {}, ke_sums__KE_N__.{}, ke_{}s__KE_N__, ke_sums__KE_N__.{}_step)",
              id_, pointer_text(other.base, symbols_), side, side, side))));
      fast.push_back(make_branch(Expr::name("ke_finite__KE_N__"), run, {site_.region.loop()}));
    } else {
      fast.insert(fast.end(), run.begin(), run.end());
    }
    fast.push_back(line("free(ke_sums__KE_N__.memory)"));
    Stmt block;
    block.kind = Stmt::Kind::block;
    for (const auto* side : {&site_.rows, &site_.cols, &site_.depth})
      for (const Stmt* loop : *side)
        block.body.push_back(make_declare("const long", extent(loop), raw(extent_text(*loop))));
    block.body.push_back(verbatim(id_ + "_panel ke_sums__KE_N__;"));
    if (padding_) spans(block.body);
    extents(block.body);
    block.body.push_back(make_branch(
        raw(id_ +
            "_open(&ke_sums__KE_N__, ke_rows__KE_N__, ke_inner__KE_N__, ke_cols__KE_N__, ke_depth__KE_N__)"),
        fast, {site_.region.loop()}));
    return {block};
  }

 private:
  bool needs_finite(const RewriteRules& rules) const { return site_.type != "int" && !rules.finite_only; }

  bool reads_in_place() const {
    return site_.col.type == site_.type && (site_.forms.empty() || site_.guard_rows || padding_);
  }

  // Is the step of the sum the step of memory, whatever the sizes?
  bool is_line(bool row) const {
    const auto step = index(row).coefficient(site_.depth[0]->name);
    return site_.depth.size() == 1 && step && step->constant() == 1;
  }

  void dot_holes(Holes& h, bool pack_rows) const {
    const Expr& product = bare(site_.product);
    const bool either_way = site_.extras.empty() && product.is(Expr::Kind::binary, "*") &&
                            product.kids[0].kids.empty() && product.kids[1].kids.empty() &&
                            !same(product.kids[0], product.kids[1]);
    h.flags.insert("DOT");
    h.text["DOTS"] = std::to_string(kDots);
    h.text["TURN"] = either_way ? "1" : "0";
    h.text["ROW_LINE"] = pack_rows ? "1" : id_ + "_line(p->row_step, p->depth)";
    if (either_way && is_line(true) && is_line(false)) h.text["NARROW"] = "cols < 3 && depth < p->lanes";
  }

  // Up to how many rows the columns are read in place.
  int few_rows(const Sizes& sizes) const {
    const bool guarded = !site_.forms.empty() && !site_.guard_rows;
    if (!reads_in_place()) return 0;
    // A padded copy is as compact as a strip of it would be.
    return guarded && sizes.few > 0 ? INT_MAX : sizes.few;
  }

  static std::string element_text(const Element& e) {
    // Spelled without <cstdint>, which the file may not include.
    if (e.type == "int8_t") return "signed char";
    if (e.type == "uint8_t") return "unsigned char";
    if (e.type == "int16_t") return "short";
    if (e.type == "uint16_t") return "unsigned short";
    if (e.type == "int32_t") return "int";
    return e.type;
  }

  const Element& padded() const { return site_.guard_rows ? site_.row : site_.col; }
  bool is_padded(bool row) const { return padding_ && row == site_.guard_rows; }
  Poly index(bool row) const {
    return is_padded(row) ? padding_->index : (row ? site_.row : site_.col).index;
  }
  std::string source(bool row) const {
    return is_padded(row) ? "ke_sums__KE_N__.image"
                          : pointer_text((row ? site_.row : site_.col).base, symbols_);
  }

  // The coordinates of the array with zeros around it.
  void spans(Stmts& out) const {
    const auto range = [&](const Poly& factor, const Stmt* loop) {
      if (!loop) return std::string("0, 0, 1");
      return fmt::format("{}, (long)({}), {}", offset_text(factor), to_text(loop->lower), extent(loop));
    };
    for (size_t d = 0; d < padding_->dims.size(); ++d) {
      const PaddedDim& dim = padding_->dims[d];
      // Bounds that no test gives are those of the loops.
      std::string low = "-(long)(~0ul >> 2)", high = "(long)(~0ul >> 2)";
      if (dim.low) low = offset_text(*dim.low);
      if (dim.high) high = offset_text(*dim.high);
      out.push_back(line(fmt::format("ke_sums__KE_N__.dim[{}] = {}_span({}, {}, {}, {}, {})", d, id_,
                                     offset_text(dim.step), low, high, range(dim.place_factor, dim.place),
                                     range(dim.depth_factor, dim.depth))));
    }
    // Places in lines as long as the padded ones: neighbours then lie side by side across the lines.
    if (padding_->widened)
      out.push_back(
          make_declare("const long", "ke_line__KE_N__",
                       raw(fmt::format("ke_sums__KE_N__.dim[{}].size", padding_->dims.size() - 1))));
  }
  void pads(Stmts& out) const {
    for (size_t d = 0; d < padding_->dims.size(); ++d) {
      const std::string dim = fmt::format("ke_sums__KE_N__.dim[{}]", d);
      out.push_back(make_declare("const long", Padding::pad(d), raw(dim + ".pad")));
      out.push_back(make_declare("const long", Padding::from(d), raw(dim + ".from")));
    }
  }

  // Places of a loop: more than it has where lines are padded.
  std::string width(const Stmt* loop) const {
    return padding_ && loop == padding_->widened ? "ke_line__KE_N__" : extent(loop);
  }

  std::string extent(const Stmt* loop) const { return "ke_n_" + loop->name + "__KE_N__"; }

  void extents(Stmts& out) const {
    out.push_back(make_declare("const long", "ke_inner__KE_N__", raw(product(site_.rows, 1))));
    out.push_back(make_declare("const long", "ke_rows__KE_N__", raw(product(site_.rows, 0))));
    out.push_back(make_declare("const long", "ke_cols__KE_N__", raw(product(site_.cols, 0))));
    out.push_back(make_declare("const long", "ke_depth__KE_N__", raw(product(site_.depth, 0))));
  }

  std::string product(const std::vector<const Stmt*>& loops, size_t from) const {
    std::string out;
    for (size_t i = from; i < loops.size(); ++i) out += (out.empty() ? "" : " * ") + width(loops[i]);
    return out.empty() ? "1" : out;
  }

  void walk_table(Stmts& out, const std::string& what, const std::vector<const Stmt*>& loops,
                  const Poly& part) const {
    Stmts body{line("*ke_at__KE_N__++ = " + offset_text(part))};
    for (auto loop = loops.rbegin(); loop != loops.rend(); ++loop) {
      Stmt around = **loop;
      if (padding_ && *loop == padding_->widened) {
        // Wider than the user's counter may be able to count.
        const std::string lower = "(long)(" + to_text((*loop)->lower) + ")";
        around.type = "long";
        around.lower = raw(lower);
        around.upper = raw(lower + " + " + width(*loop));
        around.text = "<";
      }
      around.body = std::move(body);
      around.begin = around.end = 0;
      body = {around};
    }
    out.push_back(line("ke_at__KE_N__ = ke_sums__KE_N__." + what));
    out.insert(out.end(), body.begin(), body.end());
  }

  // What no loop changes is counted with the places, not with the steps.
  void table(Stmts& out, const std::string& what, const std::vector<const Stmt*>& loops, const Poly& index,
             bool with_rest) const {
    Poly part = terms_with(index, names_of(loops));
    if (with_rest) part = terms_without(index, names_of(site_.depth));
    walk_table(out, what, loops, part);
  }

  void guards(Stmts& out) const {
    for (size_t t = 0; t < site_.forms.size(); ++t) {
      const std::string at = "[" + std::to_string(t) + "]";
      const std::set<std::string> depth = names_of(site_.depth);
      walk_table(out, "side_form" + at, site_.guard_rows ? site_.rows : site_.cols,
                 terms_without(site_.forms[t], depth));
      walk_table(out, "step_form" + at, site_.depth, terms_with(site_.forms[t], depth));
    }
  }

  // ((i - first) * h + y) * w + x
  std::string place(const std::vector<const Stmt*>& loops, bool in_block) const {
    std::string out;
    for (const Stmt* loop : loops) {
      const bool zero = bare(loop->lower).is(Expr::Kind::number, "0");
      std::string one = "(long)" + loop->name;
      if (!zero) one += " - (long)(" + to_text(loop->lower) + ")";
      if (in_block && loop == site_.block) one += " - ke_first__KE_N__";
      if (out.empty())
        out = one;
      else
        out = "(" + out + ") * " + width(loop) + " + " + one;
    }
    return out;
  }

  Stmt add_sum() const {
    Expr sum = raw(fmt::format("ke_sums__KE_N__.at[({}) * ke_sums__KE_N__.stride + {}]",
                               place(site_.rows, true), place(site_.cols, false)));
    if (site_.factor) sum = Expr::binary(Expr{Expr::Kind::group, "", {*site_.factor}}, "*", sum);
    return make_expression(Expr::assign(site_.target, site_.subtract ? "-=" : "+=", sum));
  }

  // The loops of `inner` that are no sums, with the pointers and indices declared between its loops.
  Stmts kept_loops(const std::vector<const Stmt*>& loops) const {
    Stmts body;
    walk(site_.inner->body, [&](const Stmt& s) {
      if (s.is(Stmt::Kind::declare) && mentions(site_.target, s.name)) body.push_back(s);
    });
    body.push_back(add_sum());
    for (auto loop = loops.rbegin(); loop != loops.rend(); ++loop) {
      Stmt around = **loop;
      around.body = std::move(body);
      body = {around};
    }
    return body;
  }

  Stmt block_loop() const {
    const bool alone = site_.inner == &site_.region.loop();
    const std::string type = counter_type(*site_.block);
    Stmt part = *site_.block;
    if (alone) {
      part.body = kept_loops({site_.kept.begin() + 1, site_.kept.end()});
    } else {
      part = rebuilt(*site_.block, site_.inner, kept_loops(site_.kept))[0];
    }
    drop_unused(part.body);
    part.lower = raw(fmt::format("{}({})ke_first__KE_N__", lower_text(), type));
    part.upper = raw(fmt::format("{}({})(ke_first__KE_N__ + ke_count__KE_N__)", lower_text(), type));
    part.text = "<";
    Stmts inside;
    inside.push_back(make_declare(
        "const long", "ke_count__KE_N__",
        raw(fmt::format(
            "{0} - ke_first__KE_N__ < ke_block__KE_N__ ? {0} - ke_first__KE_N__ : ke_block__KE_N__",
            extent(site_.block)))));
    inside.push_back(
        line(fmt::format("{}_rows(&ke_sums__KE_N__, {}, ke_first__KE_N__ * ke_inner__KE_N__, "
                         "ke_count__KE_N__ * ke_inner__KE_N__)",
                         id_, source(true))));
    inside.push_back(part);
    return verbatim_loop(inside);
  }

  std::string lower_text() const {
    const Expr& lower = bare(site_.block->lower);
    if (lower.is(Expr::Kind::number, "0")) return "";
    const std::string text = to_text(lower);
    return (lower.is(Expr::Kind::number) || lower.is(Expr::Kind::name) ? text : "(" + text + ")") + " + ";
  }

  Stmt verbatim_loop(Stmts body) const {
    Stmt loop;
    loop.kind = Stmt::Kind::wild;
    loop.text = fmt::format(
        "for (long ke_first__KE_N__ = 0; ke_first__KE_N__ < {}; ke_first__KE_N__ += ke_block__KE_N__)",
        extent(site_.block));
    loop.body = std::move(body);
    return loop;
  }

  const ContractionSite& site_;
  const Symbols& symbols_;
  const std::optional<Padding>& padding_;
  const std::string id_;
};

}  // namespace

std::vector<Rewritten> contraction_template(const Unit& unit, const RewriteRules& rules, int variant) {
  const Sites sites(unit, rules.noalias);
  // Sites inside a region that was already replaced would only pack again.
  if (unit.text.find("_panel ke_sums") != std::string::npos) return {};
  for (const Site& site : sites.fresh()) {
    const auto found = read_contraction(site);
    if (!found || found->rows.empty()) continue;
    const std::optional<Padding> padding = read_padding(*found);
    const Writer writer(*found, padding, fresh_kernel_name(unit, "sums"));
    const auto kernel = instantiate("contraction", writer.holes(kSizes[variant % 3], rules));
    if (!kernel) return {};
    auto text = commit(found->region, writer.replacement(rules), found->independence,
                       "Sums of whole blocks of rows come from a packed, register-tiled kernel.");
    if (!text) continue;
    *text = numbered(*text, unit);
    *text = with_kernel_text(*text, unit.preamble_at, *kernel);
    if (!parses_as_well(unit, *text)) continue;
    return {{*text,
             fmt::format("sums over {} for rows over {} and columns over {}, line {}", found->depth[0]->name,
                         found->rows[0]->name, found->cols[0]->name, found->inner->line)}};
  }
  return {};
}

}  // namespace ke
