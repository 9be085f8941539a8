// SPDX-License-Identifier: MIT
// The outermost loop in parts, one for each thread that the contract gives, where no iteration waits for
// another one. The part is a function of its own: other rewrites go on in it, and it can be built for several
// instruction sets, which what OpenMP takes out of a function cannot. Sums over all iterations stay as they
// are: their bits would depend on who is first.
#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/support.h"

#include <fmt/format.h>

#include <algorithm>

namespace ke {
namespace {

// Iterations of the innermost loops below which waking a thread costs more than it does.
constexpr const char* kWorth = "32768.0";

bool reads_memory(const Expr& e, const Symbols& symbols) {
  const Effects effects = effects_of(e, symbols.pure);
  return effects.unknown || !effects.accesses.empty() || !effects.scalar_writes.empty();
}

// `1.0 * rows * cols`, as far as it is known before the loop.
Expr work_of(const Stmt& loop, const Effects& nest, const Symbols& symbols, int depth) {
  const auto known = [&](const Expr& e) {
    const std::set<std::string> names = names_in(e);
    return !reads_memory(e, symbols) && std::none_of(names.begin(), names.end(), [&](const std::string& n) {
      return nest.declared.count(n) || nest.scalar_writes.count(n);
    });
  };
  Expr work = Expr{Expr::Kind::number, "1.0", {}};
  if (known(loop.lower) && known(loop.upper)) {
    Expr length = difference(exclusive_upper(loop), loop.lower);
    if (!length.is(Expr::Kind::name) && !length.is(Expr::Kind::number))
      length = Expr{Expr::Kind::group, "", {length}};
    work = Expr::binary(work, "*", length);
  }
  std::optional<Expr> inner;
  for (const Stmt& s : loop.body)
    if (s.is(Stmt::Kind::loop) && !inner && depth < 4) inner = work_of(s, nest, symbols, depth + 1);
  if (!inner) return work;
  return Expr::binary(work, "*",
                      bare(*inner).is(Expr::Kind::number) ? *inner : Expr{Expr::Kind::group, "", {*inner}});
}

bool depends_on(const Stmts& body, const std::string& counter) {
  bool found = false;
  walk(body, [&](const Stmt& s) {
    found = found || (s.is(Stmt::Kind::loop) && (mentions(s.lower, counter) || mentions(s.upper, counter)));
  });
  return found;
}

// How the part declares a variable of the kernel; "" when that cannot be said.
std::string parameter_of(const std::string& name, const std::string& type, const Symbols& symbols) {
  if (type.empty() || type.find("auto") != std::string::npos || type.find('[') != std::string::npos)
    return "";
  if (type.find("vector<bool>") != std::string::npos) return "";  // neighbours share a byte
  const bool pointer = type.find('*') != std::string::npos, reference = type.find('&') != std::string::npos;
  const bool number =
      is_integer_type(type) || is_floating_type(type) || type.find("bool") != std::string::npos;
  std::string text = type;
  if (!pointer && !reference && !number) text += "&";
  const auto value = symbols.values.find(name);
  const bool own = value != symbols.values.end() && is_own_room(value->second);
  if (own && ends_with(text, " const")) text.resize(text.size() - 6);
  if (own || (pointer && symbols.restricted.count(name))) text += " __restrict";
  return text + ' ' + name;
}

struct Part {
  std::string parameters, arguments;
};

std::optional<Part> interface_of(const Site& site, const Effects& effects) {
  const Symbols& symbols = *site.symbols;
  Part part;
  std::set<std::string> names = effects.scalar_reads;
  for (const Access& a : effects.accesses)
    if (identifiers(a.base).count(a.base)) names.insert(a.base);
  for (const std::string& name : names) {
    if (effects.declared.count(name)) continue;
    const auto type = symbols.types.find(name);
    if (type == symbols.types.end()) continue;  // of the file, or `std::` something
    const std::string parameter = parameter_of(name, type->second, symbols);
    if (parameter.empty()) return std::nullopt;
    part.parameters += parameter + ", ";
    part.arguments += name + ", ";
  }
  return part;
}

// Where a function can be put in front of the kernel: at the start of its line, behind something complete.
std::optional<size_t> place_in_front(const Unit& unit, const Function& kernel) {
  const size_t newline = kernel.begin == 0 ? std::string::npos : unit.text.rfind('\n', kernel.begin - 1);
  const size_t at = newline == std::string::npos ? 0 : newline + 1;
  const std::string margin = trim(unit.text.substr(at, kernel.begin - at));
  if (!margin.empty() && margin != "extern \"C\"") return std::nullopt;
  const std::string before = trim(unit.text.substr(0, at));
  const std::string last =
      trim(before.substr(before.rfind('\n') == std::string::npos ? 0 : before.rfind('\n')));
  const bool complete = before.empty() || std::string(";}{").find(before.back()) != std::string::npos ||
                        last[0] == '#' || starts_with(last, "//") || ends_with(last, "*/");
  return complete ? std::optional(at) : std::nullopt;
}

std::optional<Rewritten> rewrite_parts(const Site& site, int threads) {
  const Stmt& loop = site.loop();
  const Function& kernel = *site.function;
  const bool outermost = std::none_of(site.path.begin(), site.path.end() - 1, [](const Stmt* s) {
    return s->is(Stmt::Kind::loop) || s->is(Stmt::Kind::wild);
  });
  const std::string type = counter_type(loop);
  if (!outermost || !kernel.entry || !kernel.clonable || !kernel.template_parameters.empty() ||
      loop.step != 1 || type.empty() || has_opaque(loop.body) || reads_memory(loop.lower, *site.symbols) ||
      reads_memory(loop.upper, *site.symbols))
    return std::nullopt;
  const Effects effects = effects_of(Stmts{loop}, site.symbols->pure);
  const std::vector<Trace> traces = traces_of(loop.body, *site.symbols);
  const bool writes = std::any_of(traces.begin(), traces.end(), [&](const Trace& t) {
    return t.write && effects.declared.count(t.base) == 0;
  });
  const Independence facts = independence_of(site);
  const auto part = interface_of(site, effects);
  const auto place = place_in_front(*site.unit, kernel);
  if (!writes || !facts.holds || !part || !place) return std::nullopt;

  const std::string name = kernel.name + "_part", first = fresh_name(kernel, loop.name + "_first"),
                    last = fresh_name(kernel, loop.name + "_last"),
                    count = fresh_name(kernel, loop.name + "_count"), at = fresh_name(kernel, "part");
  if (site.unit->text.find(name) != std::string::npos) return std::nullopt;
  // Iterations that grow or shrink are dealt out in smaller parts.
  const bool uneven = depends_on(loop.body, loop.name);
  const int parts = uneven ? 8 * threads : threads;
  const bool from_zero = bare(loop.lower).is(Expr::Kind::number, "0");
  const std::string start = from_zero ? "" : to_text(Expr{Expr::Kind::group, "", {loop.lower}}) + " + ";
  const auto border = [&](const std::string& p) {
    return fmt::format("{}({})({} * {} / {})", start, type, count, p, parts);
  };
  const Stmt call = make_expression(
      Expr{Expr::Kind::opaque,
           fmt::format("{}({}{}, {})", name, part->arguments, border(at), border("(" + at + " + 1)")),
           {}});
  const Expr upper = exclusive_upper(loop);
  const Expr length = from_zero ? upper
                                : Expr::conditional(Expr::binary(loop.lower, "<", upper),
                                                    difference(upper, loop.lower), Expr::number(0));
  const Stmts made{make_declare("const long long", count, length),
                   make_pragma(fmt::format("#pragma omp parallel for schedule({}) if ({} > {})",
                                           uneven ? "dynamic, 1" : "static",
                                           to_text(work_of(loop, effects, *site.symbols, 0)), kWorth)),
                   make_loop("int", at, Expr::number(0), Expr::number(parts), 1, {call})};
  auto text = commit(site, made, facts, fmt::format("In parts, for {} threads.", threads));
  if (!text) return std::nullopt;

  Stmt own = loop;
  own.lower = Expr::name(first);
  own.upper = Expr::name(last);
  own.text = "<";
  const size_t grown = text->find(site.unit->text.substr(*place, kernel.body_begin + 1 - *place));
  if (grown == std::string::npos) return std::nullopt;
  text->insert(grown, fmt::format("static void {}({}const {} {}, const {} {}) {{\n{}}}\n\n", name,
                                  part->parameters, type, first, type, last, to_text({own}, 2)));
  if (!parses_as_well(*site.unit, *text)) return std::nullopt;
  return Rewritten{*text, where(site)};
}

}  // namespace

std::vector<Rewritten> parallel_loop(const Unit& unit, const RewriteRules& rules, int) {
  std::vector<Rewritten> out;
  if (rules.threads < 2 || unit.text.find("#pragma omp parallel") != std::string::npos) return out;
  const Sites sites(unit, rules.noalias);
  // Nests before single loops: of those, some only prepare a table.
  for (const bool nest : {true, false})
    for (const Site& site : sites.all())
      if (has_inner_loop(site.loop().body) == nest)
        if (auto made = rewrite_parts(site, rules.threads)) out.push_back(*made);
  return out;
}

}  // namespace ke
