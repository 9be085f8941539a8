// SPDX-License-Identifier: MIT
// Pooling, box filters, dilation: every window of a row folds its columns anew, and windows that lie side by
// side share them. Columns are folded once for a block of windows, a vector at a time, and each window from
// its columns then: k + k steps in place of k * k. Windows that the image's border cuts off meet columns that
// hold nothing.
#include "ke-build/search/rewrites/separable_site.h"
#include "ke-build/search/rewrites/support.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace ke {
namespace {

constexpr int kColumns = 1024;  // of a block, on the stack
constexpr int kFewest = 8;      // windows of a block

Expr raw(std::string text) { return {Expr::Kind::opaque, std::move(text), {}}; }

Stmt verbatim(std::string text) {
  Stmt s;
  s.kind = Stmt::Kind::opaque;
  s.text = std::move(text);
  return s;
}

// In 64-bit arithmetic, whatever the types of its names.
std::string long_text(Poly p) {
  for (const std::string& name : p.names()) p = p.replaced(name, Poly::name("(long)" + name));
  return p.text();
}

std::string fold_text(Reduction kind, const std::string& into, const std::string& element) {
  if (kind == Reduction::add) return fmt::format("{} += {};", into, element);
  return fmt::format("{0} = {1} {2} {0} ? {1} : {0};", into, element, kind == Reduction::greater ? ">" : "<");
}

const char* fold_name(Reduction kind) {
  return kind == Reduction::add ? "sums" : kind == Reduction::greater ? "greatest" : "least";
}

// What folding with anything leaves the other; "" for types whose limits are unknown here.
std::string nothing_of(Reduction kind, const std::string& type) {
  if (kind == Reduction::add) return "0";
  const bool greatest = kind == Reduction::greater;
  if (is_floating_type(type)) return greatest ? "-__builtin_inff()" : "__builtin_inff()";
  static const std::map<std::string, std::pair<const char*, const char*>> limits = {
      {"int", {"(-2147483647 - 1)", "2147483647"}},
      {"int32_t", {"(-2147483647 - 1)", "2147483647"}},
      {"int16_t", {"-32768", "32767"}},
      {"short", {"-32768", "32767"}},
      {"int8_t", {"-128", "127"}},
      {"signed char", {"-128", "127"}},
      {"uint8_t", {"0", "255"}},
      {"unsigned char", {"0", "255"}},
      {"uint16_t", {"0", "65535"}},
      {"unsigned short", {"0", "65535"}},
      {"uint32_t", {"0", "4294967295u"}},
      {"unsigned", {"0", "4294967295u"}},
      {"long", {"(-9223372036854775807L - 1)", "9223372036854775807L"}},
      {"int64_t", {"(-9223372036854775807L - 1)", "9223372036854775807L"}},
      {"uint64_t", {"0", "18446744073709551615u"}},
      {"size_t", {"0", "18446744073709551615u"}},
  };
  const auto known = limits.find(type.rfind("std::", 0) == 0 ? type.substr(5) : type);
  if (known == limits.end()) return "";
  return greatest ? known->second.first : known->second.second;
}

// `ke_window_sums_float`
std::string helper_name(const Accumulator& a) {
  std::string type = a.type;
  for (char& c : type)
    if (c == ' ' || c == ':') c = '_';
  return fmt::format("ke_window_{}_{}", fold_name(a.kind), type);
}

std::string helper_text(const Accumulator& a) {
  const auto pass = [&](const std::string& step) {
    const std::string at = step.empty() ? "i" : step + " * i";
    return fmt::format(
        "    for (long i = 0; i < count; ++i) results[i] = columns[{0}];\n"
        "    for (long k = 1; k < length; ++k)\n"
        "      for (long i = 0; i < count; ++i) {1}\n",
        at, fold_text(a.kind, "results[i]", fmt::format("columns[{} + k]", at)));
  };
  return fmt::format(
      "// `count` windows of `length` columns each, `step` columns apart.\n"
      "static inline __attribute__((always_inline)) void {0}(const {1}* __restrict columns, long length, "
      "long step,\n"
      "    {1}* __restrict results, long count) {{\n"
      "  if (step == 1) {{\n{2}  }} else if (step == 2) {{\n{3}  }} else {{\n{4}  }}\n}}\n",
      helper_name(a), a.type, pass(""), pass("2"), pass("step"));
}

class SeparableWriter {
 public:
  SeparableWriter(const Site& site, const SeparableSite& found) : site_(site), found_(found) {
    for (const char* name : {"step", "length", "begin", "count", "width", "low", "high", "first"})
      names_[name] = fresh_name(*site.function, std::string("ke_window_") + name);
    for (const Match& fold : found.folds)
      for (const char* what : {"_columns", "_windows", "_candidate"}) {
        const std::string name = fold.accumulator.name + what;
        names_[name] = fresh_name(*site.function, name);
      }
  }

  std::optional<Stmts> replacement() const {
    const WindowBounds& b = found_.bounds;
    for (const Match& fold : found_.folds)
      if (nothing_of(fold.accumulator.kind, fold.accumulator.type).empty()) return std::nullopt;
    // Columns between windows belong to none, and may not be there.
    const auto step = b.step.constant(), length = b.length.constant();
    if (step && (*step < 1 || (length && *step > *length))) return std::nullopt;
    const Expr fits = raw(fmt::format("{0} > 0 && {0} <= {1} && {1} + {2} * {0} <= {3}", name("step"),
                                      name("length"), kFewest - 1, kColumns));
    return Stmts{verbatim(fmt::format("const long {} = {}, {} = {};", name("step"), long_text(b.step),
                                      name("length"), long_text(b.length))),
                 make_branch(fits, {blocks()}, {site_.loop()})};
  }

 private:
  const std::string& name(const std::string& what) const { return names_.at(what); }
  const std::string& columns(const Match& fold) const { return name(fold.accumulator.name + "_columns"); }
  const std::string& results(const Match& fold) const { return name(fold.accumulator.name + "_windows"); }

  Stmt blocks() const {
    const Stmt& loop = site_.loop();
    const std::string end = fmt::format("(long)({})", to_text(exclusive_upper(loop)));
    Stmts body;
    for (const Match& fold : found_.folds)
      for (const std::string& array : {columns(fold), results(fold)})
        body.push_back(make_array(fold.accumulator.type, array, Expr::number(kColumns)));
    body.push_back(verbatim(
        fmt::format("long {} = ({} - {}) / {} + 1;", name("count"), kColumns, name("length"), name("step"))));
    body.push_back(
        verbatim(fmt::format("if ({0} > {1} - {2}) {0} = {1} - {2};", name("count"), end, name("begin"))));
    append(body, folded_columns());
    append(body, folded_windows());
    Stmt out;
    out.kind = Stmt::Kind::wild;
    out.text = fmt::format("for (long {0} = {1}; {0} < {2};)", name("begin"), to_text(loop.lower), end);
    out.body = std::move(body);
    return out;
  }

  static void append(Stmts& to, const Stmts& from) { to.insert(to.end(), from.begin(), from.end()); }

  Stmts folded_columns() const {
    const WindowBounds& b = found_.bounds;
    const std::string first = long_text(b.start.replaced(site_.loop().name, Poly::name(name("begin"))));
    Stmts out{verbatim(fmt::format("const long {} = ({} - 1) * {} + {}, {} = {};", name("width"),
                                   name("count"), name("step"), name("length"), name("first"), first)),
              verbatim(fmt::format("long {0} = {1}, {2} = {1} + {3};", name("low"), name("first"),
                                   name("high"), name("width")))};
    for (const Poly& low : b.lows)
      out.push_back(verbatim(fmt::format("if ({0} < {1}) {0} = {1};", name("low"), long_text(low))));
    for (const Poly& high : b.highs)
      out.push_back(verbatim(fmt::format("if ({0} > {1}) {0} = {1};", name("high"), long_text(high))));
    std::string fill;
    for (const Match& fold : found_.folds)
      fill += fmt::format("{}[i] = {}; ", columns(fold),
                          nothing_of(fold.accumulator.kind, fold.accumulator.type));
    out.push_back(verbatim(fmt::format("for (long i = 0; i < {}; ++i) {{ {}}}", name("width"), fill)));
    Stmts nest = found_.before;
    append(nest, rebuilt(*found_.nest, found_.inner, {column_loop()}));
    Stmt block;
    block.kind = Stmt::Kind::block;
    block.body = std::move(nest);
    out.push_back(std::move(block));
    return out;
  }

  // The innermost loop once for all windows of the block.
  Stmt column_loop() const {
    Stmts body;
    for (const Match& fold : found_.folds) {
      const Accumulator& a = fold.accumulator;
      const std::string at = fmt::format("{}[{} - {}]", columns(fold), found_.column, name("first"));
      std::string element = to_text(fold.element);
      if (a.kind != Reduction::add) {
        const std::string& candidate = name(a.name + "_candidate");
        body.push_back(verbatim(fmt::format("const {} {} = {};", a.type, candidate, element)));
        element = candidate;
      }
      body.push_back(verbatim(fold_text(a.kind, at, element)));
    }
    Stmt loop = make_loop("long", found_.column, Expr::name(name("low")), Expr::name(name("high")), 1, body);
    if (found_.bounds.uniform.empty()) return loop;
    Expr all = found_.bounds.uniform[0];
    for (size_t i = 1; i < found_.bounds.uniform.size(); ++i)
      all = Expr::binary(all, "&&", found_.bounds.uniform[i]);
    return make_branch(all, {loop});
  }

  // The user's loop over the block's windows, with finished results.
  Stmts folded_windows() const {
    const Stmt& loop = site_.loop();
    Stmts out, taken;
    for (const Match& fold : found_.folds) {
      out.push_back(
          verbatim(fmt::format("{}({}, {}, {}, {}, {});", helper_name(fold.accumulator), columns(fold),
                               name("length"), name("step"), results(fold), name("count"))));
      const std::string result = fmt::format("{}[{} - {}]", results(fold), loop.name, name("begin"));
      taken.push_back(verbatim(fold_text(fold.accumulator.kind, fold.accumulator.name, result)));
    }
    Stmt windows = rebuilt(loop, found_.nest, taken)[0];
    const std::string type = counter_type(loop);
    windows.lower = raw(fmt::format("({}){}", type, name("begin")));
    windows.upper = raw(fmt::format("({})({} + {})", type, name("begin"), name("count")));
    windows.text = "<";
    out.push_back(std::move(windows));
    out.push_back(verbatim(fmt::format("{} += {};", name("begin"), name("count"))));
    return out;
  }

  const Site& site_;
  const SeparableSite& found_;
  std::map<std::string, std::string> names_;
};

std::optional<Rewritten> rewrite_windows(const Site& site) {
  const auto found = read_separable(site);
  if (!found) return std::nullopt;
  const Independence independence = independence_of(site);
  if (!independence.holds) return std::nullopt;
  const auto made = SeparableWriter(site, *found).replacement();
  if (!made) return std::nullopt;
  auto text =
      commit(site, *made, independence,
             "Columns are folded once for all windows over " + site.loop().name + " that share them.");
  if (!text) return std::nullopt;
  for (const Match& fold : found->folds)
    *text = with_preamble(*text, site.unit->preamble_at, helper_name(fold.accumulator) + "(const",
                          helper_text(fold.accumulator));
  if (!parses_as_well(*site.unit, *text)) return std::nullopt;
  return Rewritten{*text, where(site)};
}

}  // namespace

std::vector<Rewritten> separable_windows(const Unit& unit, const RewriteRules& rules, int) {
  std::vector<Rewritten> out;
  const Sites sites(unit, rules.noalias);
  for (const Site& site : sites.all())
    if (auto made = rewrite_windows(site)) out.push_back(*std::move(made));
  return out;
}

}  // namespace ke
