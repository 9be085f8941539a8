// SPDX-License-Identifier: MIT
// Softmax of a row, and exponentials with their total: one kernel searches, raises and scales, with rows of a
// few vectors in registers all the while.
#include "ke-build/base/text.h"
#include "ke-build/search/templates/family.h"
#include "ke-build/search/templates/softmax_site.h"

#include <fmt/format.h>

namespace ke {
namespace {

Holes softmax_holes(const SoftmaxSite& site, const std::string& id) {
  const bool whole = site.search != nullptr, wide = site.type == "double";
  Expr exponent = site.exponent;
  substitute(exponent, "@0", Expr::name("b"));
  substitute(exponent, "@most", Expr::name("most"));
  Holes holes;
  holes.text = type_holes(site.type);
  holes.text.merge(product_holes(exponent, site.extras, site.type));
  holes.text["ID"] = id;
  holes.text["ARG"] = holes.text["PRODUCT"];
  holes.text["WHAT"] = whole ? ", by which each is divided, most being the largest element" : "";
  holes.text["PARAMS"] = std::string(site.y ? ", " + site.type + "* y" : "") + ", long n" +
                         (whole ? ", " + site.type + " most" : "");
  holes.text["ARGS"] = std::string(site.y ? ", y" : "") + ", n" + (whole ? ", most" : "");
  // Below, the inverse of the total may be infinite while the quotients are not.
  holes.text["SMALL"] = wide ? "1e-300" : "1e-30f";
  holes.flags.insert(wide ? "DOUBLE" : "FLOAT");
  if (site.y) holes.flags.insert("STORE");
  if (whole) holes.flags.insert({"MOST", "SCALE"});
  return holes;
}

class SoftmaxWriter {
 public:
  SoftmaxWriter(const SoftmaxSite& site, std::string id) : made_(site), id_(std::move(id)) {
    const Symbols& symbols = *made_.site.symbols;
    x_ = start_text(made_.x, loop(), symbols);
    if (!made_.y) return;
    y_ = start_text(*made_.y, loop(), symbols);
    guarded_ = made_.x.base != made_.y->base && !is_separate(made_.site, made_.x.base, made_.y->base);
  }

  // From the last loop to the first one, so that what is known about places stays true.
  std::string text() const {
    Unit rest = *made_.site.unit;
    const auto replace = [&](const Stmt& s, const Stmts& by) { rest.text = replace_statement(rest, s, by); };
    const Stmts plain_scale = made_.scale ? unless_open(*made_.scale) : Stmts{};
    if (made_.scale) replace(*made_.scale, plain_scale);
    Stmts middle = guarded_ ? Stmts{make_branch(Expr::name(kOpen), {call()}, {loop()})} : Stmts{call()};
    if (guarded_ && !made_.search) {
      middle.insert(middle.begin(), open());
      Stmt block;
      block.kind = Stmt::Kind::block;
      block.body = middle;
      middle = {block};
    }
    middle.insert(middle.begin(),
                  make_comment(made_.search ? "The row's softmax comes from one kernel."
                                            : "The exponentials and their total come from one kernel."));
    replace(loop(), middle);
    if (made_.search) {
      Stmts first = unless_open(*made_.search);
      if (guarded_) first.insert(first.begin(), open());
      replace(*made_.search, first);
    }
    return rest.text;
  }

 private:
  static constexpr const char* kOpen = "ke_open__KE_N__";

  const Stmt& loop() const { return made_.site.loop(); }

  // The same row in place is fine; rows that overlap otherwise are left to the plain loops.
  Stmt open() const {
    const std::string n = "(" + extent_text(loop()) + ")";
    return make_declare("const int", kOpen,
                        raw(fmt::format("{0} == {1} || (const char*)({0} + {2}) <= (const char*)({1}) || "
                                        "(const char*)({1} + {2}) <= (const char*)({0})",
                                        "(" + x_ + ")", "(" + y_ + ")", n)));
  }

  Stmts unless_open(const Stmt& plain) const {
    if (!guarded_) return {};
    return {make_branch(Expr::unary("!", Expr::name(kOpen)), {plain})};
  }

  Stmt call() const {
    Stmt block;
    block.kind = Stmt::Kind::block;
    block.body.push_back(make_declare("const long", "ke_count__KE_N__", raw(extent_text(loop()))));
    if (!made_.extras.empty()) {
      std::vector<std::string> values;
      for (const std::string& extra : made_.extras) values.push_back("(" + made_.type + ")(" + extra + ")");
      block.body.push_back(verbatim(
          fmt::format("const {} ke_extra__KE_N__[] = {{{}}};", made_.type, join_texts(values, ", "))));
    }
    block.body.push_back(line(fmt::format("{0} = {1}({2}{3}, ke_count__KE_N__{4}, {0}{5})", made_.total, id_,
                                          x_, made_.y ? ", " + y_ : "", made_.search ? ", " + made_.most : "",
                                          made_.extras.empty() ? "" : ", ke_extra__KE_N__")));
    return block;
  }

  const SoftmaxSite& made_;
  const std::string id_;
  std::string x_, y_;
  bool guarded_ = false;
};

}  // namespace

std::vector<Rewritten> softmax_template(const Unit& unit, const RewriteRules& rules, int) {
  const Sites sites(unit, rules.noalias);
  for (const Site& site : sites.fresh()) {
    const auto found = read_softmax(site);
    if (!found) continue;
    const std::string id = fresh_kernel_name(unit, "softmax");
    const auto kernel = instantiate("softmax", softmax_holes(*found, id));
    if (!kernel) return {};
    std::string text = numbered(SoftmaxWriter(*found, id).text(), unit);
    text = with_kernel_text(text, unit.preamble_at, *kernel);
    if (!parses_as_well(unit, text)) continue;
    return {{text, fmt::format("{} over {}, line {}", found->search ? "softmax" : "exponentials",
                               site.loop().name, site.loop().line)}};
  }
  return {};
}

}  // namespace ke
