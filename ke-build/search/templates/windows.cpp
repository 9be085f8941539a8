// SPDX-License-Identifier: MIT
// Windows: sums over a few steps for places that lie side by side, pixel by pixel, where the window moves on
// with the pixel. Depthwise convolution of images and signals with interleaved channels, blurs of several
// channels. Tests at the border become ranges of pixels for which a step counts.
#include "ke-build/base/text.h"
#include "ke-build/search/templates/family.h"
#include "ke-build/search/templates/windows_site.h"

#include <fmt/format.h>

namespace ke {
namespace {

constexpr int kMostSteps = 512;  // on the stack
constexpr int kMostSums = 4096;  // on the stack, where the user's own loop picks them up

class WindowsWriter {
 public:
  WindowsWriter(const WindowsSite& windows, std::string id)
      : windows_(windows), site_(windows.sums), symbols_(*site_.region.symbols), id_(std::move(id)) {}

  Stmts replacement() const {
    Stmt block;
    block.kind = Stmt::Kind::block;
    Stmts& out = block.body;
    out.push_back(make_declare("const long", "ke_pixels__KE_N__", raw(extent_text(*windows_.pixel))));
    out.push_back(make_declare("const long", "ke_places__KE_N__", raw(extent_text(*windows_.place))));
    out.push_back(verbatim(fmt::format("{}_step ke_steps__KE_N__[{}];", id_, kMostSteps)));
    out.push_back(make_declare("long", "ke_some__KE_N__", Expr::number(0)));
    out.push_back(steps());
    std::string fits = fmt::format("ke_some__KE_N__ <= {}", kMostSteps);
    if (!windows_.result) fits += fmt::format(" && ke_places__KE_N__ <= {}", kMostSums);
    Stmts run{line(fmt::format("{}_rows(ke_steps__KE_N__, ke_some__KE_N__, {})", id_, stride(site_.col)))};
    if (!site_.extras.empty())
      run.push_back(verbatim(
          fmt::format("const {} ke_extra__KE_N__[] = {{{}}};", site_.type, join_texts(site_.extras, ", "))));
    if (windows_.result) {
      run.push_back(line(call("0", "ke_pixels__KE_N__", result_start(), stride(*windows_.result))));
    } else {
      run.push_back(make_array(site_.type, "ke_sums__KE_N__", Expr::number(kMostSums)));
      run.push_back(parts());
    }
    out.push_back(make_branch(raw(fits), run, {windows_.plain()}));
    Stmts made{block};
    for (auto loop = windows_.between.rbegin(); loop != windows_.between.rend(); ++loop) {
      Stmt around = **loop;
      around.body = std::move(made);
      made = {around};
    }
    return made;
  }

 private:
  std::string stride(const Element& element) const {
    return offset_text(*element.index.coefficient(windows_.pixel->name));
  }

  // Pixel and place at their first values.
  Poly at_first(const Poly& poly) const {
    return poly.replaced(windows_.pixel->name, *poly_of(windows_.pixel->lower, symbols_))
        .replaced(windows_.place->name, *poly_of(windows_.place->lower, symbols_));
  }

  std::string result_start() const {
    return pointer_text(windows_.result->base, symbols_) + " + (" +
           offset_text(at_first(windows_.result->index)) + ")";
  }

  std::string call(const std::string& first, const std::string& count, const std::string& out,
                   const std::string& out_step) const {
    return fmt::format(
        "{}(ke_steps__KE_N__, ke_some__KE_N__, {}, {}, {}, {}, {}, ke_places__KE_N__, {}, {}{})", id_,
        pointer_text(site_.col.base, symbols_), stride(site_.col),
        site_.single ? "0" : pointer_text(site_.row.base, symbols_), first, count, out, out_step,
        site_.extras.empty() ? "" : ", ke_extra__KE_N__");
  }

  // The user's summing loops, noting the steps that count for any pixel.
  Stmt steps() const {
    const std::string at = "ke_step__KE_N__";
    const std::string all = fmt::format(", -{0}_far, {0}_far", id_);
    Stmts body{verbatim(fmt::format(
        "{}_step {} = {{{}, {}{}{}, 1}};", id_, at, offset_text(at_first(site_.col.index)),
        site_.single ? "0" : offset_text(at_first(site_.row.index)), all, windows_.ranged ? all : ""))};
    std::string always;
    for (const Poly& form : site_.forms) {
      const Poly pixel = *form.coefficient(windows_.pixel->name),
                 place = *form.coefficient(windows_.place->name);
      if (pixel.is_zero() && place.is_zero())
        always += (always.empty() ? "" : " && ") + offset_text(at_first(form)) + " >= 0";
      else
        body.push_back(
            line(fmt::format("{0}_narrow(&{1}.{2}, &{1}.{3}, {4}, {5})", id_, at,
                             place.is_zero() ? "low" : "left", place.is_zero() ? "high" : "right",
                             offset_text(at_first(form)), offset_text(place.is_zero() ? pixel : place))));
    }
    std::string counts = fmt::format("{0}.low < {0}.high && {0}.low < ke_pixels__KE_N__ && {0}.high > 0", at);
    if (windows_.ranged)
      counts += fmt::format(" && {0}.left < {0}.right && {0}.left < ke_places__KE_N__ && {0}.right > 0", at);
    body.push_back(
        make_branch(raw(counts),
                    {verbatim(fmt::format("if (ke_some__KE_N__ < {}) ke_steps__KE_N__[ke_some__KE_N__] = {};",
                                          kMostSteps, at)),
                     line("++ke_some__KE_N__")}));
    if (!always.empty()) body = {make_branch(raw(always), body)};
    for (auto loop = site_.depth.rbegin(); loop != site_.depth.rend(); ++loop) {
      Stmt around = **loop;
      around.body = std::move(body);
      body = {around};
    }
    return body[0];
  }

  static std::string from_first(const Stmt& loop) {
    const bool zero = bare(loop.lower).is(Expr::Kind::number, "0");
    return "(long)" + loop.name + (zero ? "" : " - (long)(" + to_text(loop.lower) + ")");
  }

  // The user's loop over a part of the pixels, with finished sums.
  Stmt parts() const {
    const Stmt& pixel = *windows_.pixel;
    Expr sum = raw(fmt::format("ke_sums__KE_N__[({} - ke_first__KE_N__) * ke_places__KE_N__ + {}]",
                               from_first(pixel), from_first(*windows_.place)));
    if (site_.factor) sum = Expr::binary(Expr{Expr::Kind::group, "", {*site_.factor}}, "*", sum);
    Stmts made;
    walk(site_.inner->body, [&](const Stmt& s) {
      if (s.is(Stmt::Kind::declare) && mentions(site_.target, s.name)) made.push_back(s);
    });
    made.push_back(make_expression(Expr::assign(site_.target, site_.subtract ? "-=" : "+=", sum)));
    for (auto loop = site_.kept.rbegin(); loop != site_.kept.rend(); ++loop) {
      Stmt around = **loop;
      around.body = std::move(made);
      made = {around};
    }
    Stmt part = rebuilt(pixel, site_.inner, made)[0];
    drop_unused(part.body);
    const std::string type = counter_type(pixel);
    const std::string lower =
        bare(pixel.lower).is(Expr::Kind::number, "0") ? "" : "(" + to_text(pixel.lower) + ") + ";
    part.lower = raw(fmt::format("{}({})ke_first__KE_N__", lower, type));
    part.upper = raw(fmt::format("{}({})(ke_first__KE_N__ + ke_count__KE_N__)", lower, type));
    part.text = "<";
    Stmt blocks;
    blocks.kind = Stmt::Kind::wild;
    blocks.text =
        "for (long ke_first__KE_N__ = 0, ke_count__KE_N__; ke_first__KE_N__ < ke_pixels__KE_N__; "
        "ke_first__KE_N__ += ke_count__KE_N__)";
    blocks.body = {
        verbatim(fmt::format("ke_count__KE_N__ = {} / (ke_places__KE_N__ > 0 ? ke_places__KE_N__ : 1);",
                             kMostSums)),
        verbatim("if (ke_count__KE_N__ > ke_pixels__KE_N__ - ke_first__KE_N__) ke_count__KE_N__ = "
                 "ke_pixels__KE_N__ - ke_first__KE_N__;"),
        line(call("ke_first__KE_N__", "ke_count__KE_N__", "ke_sums__KE_N__", "ke_places__KE_N__")), part};
    return blocks;
  }

  const WindowsSite& windows_;
  const ContractionSite& site_;
  const Symbols& symbols_;
  const std::string id_;
};

Holes windows_holes(const WindowsSite& windows, const std::string& id) {
  const ContractionSite& sums = windows.sums;
  Holes holes;
  holes.text = type_holes(sums.type);
  holes.text.merge(product_holes(sums.product, sums.extras, sums.type));
  holes.text["ID"] = id;
  holes.text["X_AT"] = windows.row_vector ? " + at" : "";
  holes.text["WITH_X"] = sums.single          ? ""
                         : windows.row_vector ? " and a the step's factor for the place"
                                              : " and a the step's factor";
  holes.flags.insert(sums.single          ? "NO_X"
                     : windows.row_vector ? "VECTOR_X"
                     : windows.ranged     ? "MASKED_X"
                                          : "SCALAR_X");
  holes.flags.insert(windows.ranged ? "RANGED" : "UNRANGED");
  if (windows.scattered) holes.flags.insert("REORDER");
  holes.text["IN_ORDER"] = windows.scattered ? " among steps in the order of their offsets" : "";
  holes.text["RANGE_PARAM"] =
      windows.ranged ? ", const " + sums.type + "* least, const " + sums.type + "* most" : "";
  holes.text["RANGE_ARG"] = windows.ranged ? ", least, most" : "";
  holes.text["AND_PLACES"] = windows.ranged ? ", and\n// for the places from left to below right" : "";
  holes.text["PLACE_COUNTS"] = windows.ranged ? " && c >= step[k].left && c < step[k].right" : "";
  return holes;
}

}  // namespace

std::vector<Rewritten> windows_template(const Unit& unit, const RewriteRules& rules, int) {
  const Sites sites(unit, rules.noalias);
  for (const Site& site : sites.fresh()) {
    const auto found = read_windows(site);
    if (!found) continue;
    const std::string id = fresh_kernel_name(unit, "windows");
    auto made =
        with_kernel(found->sums.region, WindowsWriter(*found, id).replacement(), found->sums.independence,
                    "windows", windows_holes(*found, id),
                    "Sums of a tile of pixels are made in registers; a row of steps shares its loads.",
                    fmt::format("windows of steps over {} that move over {}, places over {}",
                                found->sums.depth[0]->name, found->pixel->name, found->place->name));
    if (!made.empty()) return made;
  }
  return {};
}

}  // namespace ke
