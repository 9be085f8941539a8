// SPDX-License-Identifier: MIT
// Sums and extremes of one run of elements: the rows of norms, softmax and statistics, narrow ones included.
#include "ke-build/base/text.h"
#include "ke-build/search/templates/contraction_site.h"
#include "ke-build/search/templates/family.h"
#include "ke-build/search/templates/split_sum.h"
#include "ke-build/search/templates/summing_loops.h"

#include <fmt/format.h>

#include <algorithm>

namespace ke {
namespace {

struct Run {
  std::string target, type;
  Element m;
  std::optional<Element> x;
  Expr product;                     // sums
  std::vector<std::string> extras;  // sums
  std::optional<Expr> factor;
  bool subtract = false;
  std::string op;         // extremes: ">" or "<"; empty for sums
  bool absolute = false;  // extremes of |element|
};

bool is_side_by_side(const Element& element, const Stmt& loop) {
  const auto stride = element.index.coefficient(loop.name);
  return stride && stride->constant() == 1;
}

std::optional<Run> read_sum(const Site& site) {
  const Symbols& symbols = *site.symbols;
  const auto loops = read_summing_loops(site.loop(), symbols);
  if (!loops || loops->loops.size() != 1 || !loops->forms.empty() || !loops->target.is(Expr::Kind::name))
    return std::nullopt;
  Run run;
  run.target = loops->target.text;
  run.type = type_of_sum(loops->target, symbols);
  if (run.type.empty()) return std::nullopt;
  const Effects effects = effects_of(Stmts{site.loop()}, symbols.pure);
  std::set<std::string> changing = effects.declared;
  changing.insert(effects.scalar_writes.begin(), effects.scalar_writes.end());
  const auto summed = read_summed_form(loops->value, symbols, changing, run.type);
  if (!summed) return std::nullopt;
  run.m = summed->elements.back();
  if (summed->elements.size() == 2) run.x = summed->elements[0];
  run.product = summed->form;
  if (!run.x) substitute(run.product, "@0", Expr::name("@1"));
  run.extras = summed->extras;
  run.factor = summed->factor;
  run.subtract = loops->subtract;
  return run;
}

// The value that a comparison or a call would give to `best`: m < v ? v : m.
struct Update {
  Expr best, value;
  std::string op;  // value <op> best
};

std::optional<Update> compared(const Expr& test, const Expr& yes) {
  const Expr& e = bare(test);
  if (!e.is(Expr::Kind::binary) || (e.text != "<" && e.text != ">")) return std::nullopt;
  const bool value_left = same(bare(e.kids[0]), bare(yes));
  if (!value_left && !same(bare(e.kids[1]), bare(yes))) return std::nullopt;
  const std::string op = value_left ? e.text : e.text == "<" ? ">" : "<";
  return Update{bare(e.kids[value_left ? 1 : 0]), bare(yes), op};
}

// s = max(s, v) and s = v > s ? v : s keep s where v is NaN, like if (v > s) s = v; other spellings do not.
std::optional<Update> updated(const Stmt& s) {
  if (s.is(Stmt::Kind::branch) && s.otherwise.empty() && s.body.size() == 1 &&
      s.body[0].is(Stmt::Kind::expression) && s.body[0].value.is(Expr::Kind::assign, "=")) {
    const Expr& set = s.body[0].value;
    auto update = compared(s.value, set.kids[1]);
    return update && same(update->best, bare(set.kids[0])) ? update : std::nullopt;
  }
  if (!s.is(Stmt::Kind::expression) || !s.value.is(Expr::Kind::assign, "=")) return std::nullopt;
  const Expr &target = bare(s.value.kids[0]), &value = bare(s.value.kids[1]);
  if (value.is(Expr::Kind::conditional)) {
    auto update = compared(value.kids[0], value.kids[1]);
    const bool keeps = update && same(update->best, target) && same(bare(value.kids[2]), target);
    return keeps ? update : std::nullopt;
  }
  const bool max = value.is(Expr::Kind::call, "std::max"), min = value.is(Expr::Kind::call, "std::min");
  if ((max || min) && value.kids.size() == 2 && same(bare(value.kids[0]), target))
    return Update{target, bare(value.kids[1]), max ? ">" : "<"};
  return std::nullopt;
}

std::optional<Run> read_extreme_run(const Site& site) {
  const Stmt* only = nullptr;
  std::map<std::string, Expr> locals;
  for (const Stmt& s : site.loop().body) {
    if (s.is(Stmt::Kind::comment)) continue;
    if (only) return std::nullopt;
    if (s.is(Stmt::Kind::declare) && s.has_init && s.dims.empty() && !s.constructed)
      locals.emplace(s.name, s.value);
    else
      only = &s;
  }
  auto update = only && site.loop().step == 1 ? updated(*only) : std::nullopt;
  if (!update || !update->best.is(Expr::Kind::name)) return std::nullopt;
  const auto resolve = [&] {
    if (update->value.is(Expr::Kind::name) && locals.count(update->value.text))
      update->value = Expr(bare(locals.at(update->value.text)));
  };
  resolve();
  Run run;
  static const std::set<std::string> absolutes = {"std::fabs", "fabsf", "std::abs", "fabs", "std::fabsf"};
  if (update->value.is(Expr::Kind::call) && absolutes.count(update->value.text) &&
      update->value.kids.size() == 1) {
    run.absolute = true;
    update->value = Expr(bare(update->value.kids[0]));
    resolve();
  }
  const auto element = element_of(update->value, *site.symbols);
  if (!element) return std::nullopt;
  run.m = *element;
  run.target = update->best.text;
  run.type = type_of_sum(update->best, *site.symbols);
  run.op = update->op;
  return run.type.empty() || (run.absolute && run.type == "int") ? std::nullopt : std::optional(run);
}

bool fits(const Site& site, const Run& run) {
  const Stmt& loop = site.loop();
  Effects effects = effects_of(Stmts{loop}, site.symbols->pure);
  for (const Stmt& s : loop.body)
    if (s.is(Stmt::Kind::declare)) effects.declared.erase(s.name);  // written out in the elements already
  const bool writes =
      std::any_of(effects.accesses.begin(), effects.accesses.end(), [](const Access& a) { return a.write; });
  if (effects.unknown || effects.leaves || writes || counter_type(loop).empty()) return false;
  if (kernel_type(run.m.type) != run.type || !is_side_by_side(run.m, loop) ||
      !stands_still(loop, run.m, effects))
    return false;
  return !run.x || (kernel_type(run.x->type) == run.type && is_side_by_side(*run.x, loop) &&
                    stands_still(loop, *run.x, effects));
}

// Does the nest around write what is summed up, as the exponentials of a softmax?
bool is_written(const Site& site, const Run& run) {
  const Effects effects = effects_of(Stmts{site.nest()}, site.symbols->pure);
  return std::any_of(effects.accesses.begin(), effects.accesses.end(),
                     [&](const Access& a) { return a.write && a.base == run.m.base; });
}

Holes holes_of(const Run& run, const std::string& id, bool written) {
  Holes holes;
  holes.text = type_holes(run.type);
  holes.text.merge(product_holes(run.product, run.extras, run.type));
  holes.text["ID"] = id;
  const bool sum = run.op.empty();
  holes.flags.insert(sum ? "SUM" : "EXTREME");
  if (run.x) holes.flags.insert("X");
  holes.flags.insert(sum && written ? "WRITTEN" : "READ");
  holes.text["X_PARAM"] = run.x ? ", const " + run.type + "* x" : "";
  holes.text["X_ARG"] = run.x ? ", x" : "";
  holes.text["START_PARAM"] = sum ? "" : ", " + run.type + " start";
  holes.text["START_ARG"] = sum ? "" : ", start";
  holes.text["PLUS_START"] = sum ? "" : " + start";
  holes.text["OP"] = run.op;
  holes.text["WHAT"] = sum ? "the sum over" : "the extreme of start and";
  holes.text["SIGN_MASK"] = !run.absolute ? "-1" : run.type == "double" ? "0x7fffffffffffffff" : "0x7fffffff";
  holes.text["SCALAR_VALUE"] = !run.absolute          ? "b"
                               : run.type == "double" ? "__builtin_fabs(b)"
                                                      : "__builtin_fabsf(b)";
  const auto merge = [&](const std::string& other) {
    return sum ? "lane[l] + " + other : other + " " + run.op + " lane[l] ? " + other + " : lane[l]";
  };
  holes.text["MERGE_W"] = merge("lane[l + w]");
  holes.text["MERGE_REST"] = merge("rest[l]");
  return holes;
}

Stmts call_of(const Site& site, const Run& run, const std::string& id) {
  const Stmt& loop = site.loop();
  const Symbols& symbols = *site.symbols;
  std::string call = id + "(" + start_text(run.m, loop, symbols);
  if (run.x) call += ", " + start_text(*run.x, loop, symbols);
  call += ", ke_count__KE_N__";
  if (!run.op.empty()) call += ", " + run.target;
  if (!run.extras.empty()) call += ", ke_extra__KE_N__";
  call += ")";
  Stmt block;
  block.kind = Stmt::Kind::block;
  block.body.push_back(make_declare("const long", "ke_count__KE_N__", raw(extent_text(loop))));
  if (!run.extras.empty())
    block.body.push_back(verbatim(
        fmt::format("const {} ke_extra__KE_N__[] = {{{}}};", run.type, join_texts(run.extras, ", "))));
  Expr sum = raw(call);
  if (run.factor) sum = Expr::binary(Expr{Expr::Kind::group, "", {*run.factor}}, "*", sum);
  const char* how = !run.op.empty() ? "=" : run.subtract ? "-=" : "+=";
  block.body.push_back(make_branch(raw("ke_count__KE_N__ > 0"),
                                   {make_expression(Expr::assign(Expr::name(run.target), how, sum))}));
  return {block};
}

}  // namespace

std::vector<Rewritten> runs_template(const Unit& unit, const RewriteRules& rules, int) {
  const Sites sites(unit, rules.noalias);
  Independence free;
  free.holds = true;
  for (const Site& site : sites.fresh()) {
    if (const auto two = split_sum(site)) {
      auto text =
          commit(site, *two, free, "What is stored vectorises by itself; the sum is a loop of its own.");
      if (text) return {{*text, "sum over " + site.loop().name + " apart"}};
    }
    auto run = read_sum(site);
    if (!run) run = read_extreme_run(site);
    if (!run || !fits(site, *run)) continue;
    const std::string id = fresh_kernel_name(unit, "run");
    auto made =
        with_kernel(site, call_of(site, *run, id), free, "runs", holes_of(*run, id, is_written(site, *run)),
                    "The run is summed up or searched in several vectors at a time.",
                    (run->op.empty() ? "sum over " : "extreme over ") + site.loop().name);
    if (!made.empty()) return made;
  }
  return {};
}

}  // namespace ke
