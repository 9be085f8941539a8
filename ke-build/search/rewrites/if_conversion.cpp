// SPDX-License-Identifier: MIT
// `if (i == j) continue;` in front of sums, as in all pairs of bodies: a loop with such a test stays scalar.
// Its values are computed for the pair of a thing with itself, too, and a mask leaves nothing of them.
#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/support.h"
#include "ke-build/search/rewrites/value_range.h"

#include <fmt/format.h>

#include <algorithm>

namespace ke {
namespace {

// A selection would not do: GCC moves what only one of its sides needs behind the test, and is back at a
// branch.
std::string kept_helper(const std::string& name, const std::string& type, const std::string& bits) {
  return fmt::format(
      "// The value where `keep` is -1, nothing where it is 0, whatever the value is; no branch.\n"
      "static inline {1} {0}({1} value, int keep) {{\n  {2} bits;\n"
      "  __builtin_memcpy(&bits, &value, sizeof bits);\n  bits &= keep;\n"
      "  __builtin_memcpy(&value, &bits, sizeof bits);\n  return value;\n}}\n",
      name, type, bits);
}

/// What an iteration skips, and what it does otherwise.
struct Guarded {
  Expr skipped;  // i == j
  Stmts before, rest;
};

const Stmt* loop_around(const Site& site, const std::string& counter) {
  for (const Stmt* s : site.path)
    if (s != &site.loop() && s->is(Stmt::Kind::loop) && s->name == counter) return s;
  return nullptr;
}

// The pair of a thing with itself: what it reads is read in other iterations of the outer loop.
bool is_pair_of_itself(const Expr& condition, const char* op, const Site& site) {
  const Expr& e = bare(condition);
  if (!e.is(Expr::Kind::binary, op) || !bare(e.kids[0]).is(Expr::Kind::name) ||
      !bare(e.kids[1]).is(Expr::Kind::name))
    return false;
  const Stmt& loop = site.loop();
  const bool first = bare(e.kids[0]).text == loop.name;
  if (!first && bare(e.kids[1]).text != loop.name) return false;
  const Stmt* outer = loop_around(site, bare(e.kids[first ? 1 : 0]).text);
  return outer != nullptr && outer->step == 1 && same(outer->lower, loop.lower) &&
         same(exclusive_upper(*outer), exclusive_upper(loop));
}

std::optional<Guarded> guarded_part(const Site& site) {
  const Stmts& list = site.loop().body;
  for (size_t i = 0; i < list.size(); ++i) {
    const Stmt& s = list[i];
    if (!s.is(Stmt::Kind::branch) || !s.otherwise.empty()) continue;
    Guarded found;
    found.before.assign(list.begin(), list.begin() + static_cast<long>(i));
    const bool jumps =
        s.body.size() == 1 && s.body[0].is(Stmt::Kind::jump) && starts_with(s.body[0].text, "continue");
    if (jumps && is_pair_of_itself(s.value, "==", site)) {
      found.skipped = bare(s.value);
      found.rest.assign(list.begin() + static_cast<long>(i) + 1, list.end());
      return found;
    }
    if (i + 1 == list.size() && is_pair_of_itself(s.value, "!=", site)) {
      found.skipped = Expr::binary(bare(s.value).kids[0], "==", bare(s.value).kids[1]);
      found.rest = s.body;
      return found;
    }
  }
  return std::nullopt;
}

bool is_floating_value(const Expr& raw, const Symbols& symbols, int depth = 0) {
  const Expr& e = bare(raw);
  const auto any_kid = [&](size_t first) {
    return std::any_of(e.kids.begin() + static_cast<std::ptrdiff_t>(first), e.kids.end(),
                       [&](const Expr& kid) { return is_floating_value(kid, symbols, depth + 1); });
  };
  constexpr int kDeep = 32;  // values of names lead to other names
  if (depth > kDeep) return false;
  switch (e.kind) {
    case Expr::Kind::name: {
      const auto type = symbols.types.find(e.text);
      if (type != symbols.types.end() && is_floating_type(value_type(type->second))) return true;
      const auto known = symbols.values.find(e.text);
      return known != symbols.values.end() && is_floating_value(known->second, symbols, depth + 1);
    }
    case Expr::Kind::unary:
    case Expr::Kind::binary:
      return any_kid(0);
    case Expr::Kind::conditional:
      return any_kid(1);
    default:
      return !floating_type_of(e, symbols).empty();
  }
}

// Divisions of integers by the distance of a thing from itself would end the program.
bool may_be_computed(const Expr& value, const Symbols& symbols) {
  bool fine = true;
  walk(value, [&](const Expr& e) {
    fine = fine && !e.is(Expr::Kind::binary, "%") &&
           !(e.is(Expr::Kind::binary, "/") && !is_floating_value(e, symbols));
  });
  const Effects effects = effects_of(value, symbols.pure);
  return fine && !effects.unknown && effects.scalar_writes.empty();
}

bool is_added(const Stmt& s) {
  return s.is(Stmt::Kind::expression) &&
         (s.value.is(Expr::Kind::assign, "+=") || s.value.is(Expr::Kind::assign, "-=")) &&
         s.value.kids[0].is(Expr::Kind::name) && !mentions(s.value.kids[1], s.value.kids[0].text);
}

// Reads at places that the other iterations read around, in arrays that are known.
bool reads_in_steps(const Stmts& rest, const Site& site, const Effects& body) {
  for (const Trace& t : traces_of(rest, *site.symbols)) {
    if (t.write || !t.known_base || !t.index) return false;
    const auto step = t.index->coefficient(site.loop().name);
    if (!step || !step->constant()) return false;
    for (const std::string& name : t.index->names())
      if (name != site.loop().name && (body.declared.count(name) || body.scalar_writes.count(name)))
        return false;
  }
  return true;
}

std::optional<Stmts> masked(const Guarded& guarded, const Site& site, const Effects& body) {
  Stmts out = guarded.before;
  size_t sums = 0;
  for (const Stmt& s : guarded.rest) {
    if (s.is(Stmt::Kind::declare) && s.has_init && s.dims.empty() &&
        may_be_computed(s.value, *site.symbols)) {
      out.push_back(s);
      continue;
    }
    if (!is_added(s) || !may_be_computed(s.value.kids[1], *site.symbols)) return std::nullopt;
    const std::string& name = s.value.kids[0].text;
    const auto known = site.symbols->types.find(name);
    const std::string type = known == site.symbols->types.end() ? "" : value_type(known->second);
    if (body.declared.count(name) || (type != "float" && type != "double")) return std::nullopt;
    const Expr& value = s.value.kids[1];
    const Expr differs = Expr::binary(guarded.skipped.kids[0], "!=", guarded.skipped.kids[1]);
    const Expr keep = Expr::unary("-", {Expr::Kind::cast, "int", {Expr{Expr::Kind::group, "", {differs}}}});
    Stmt sum = s;
    sum.value.kids[1] = Expr::call(type == "float" ? "ke_keptf" : "ke_kept", {value, keep});
    out.push_back(std::move(sum));
    ++sums;
  }
  return sums > 0 ? std::optional(out) : std::nullopt;
}

std::optional<Rewritten> convert_loop(const Site& site) {
  const Stmt& loop = site.loop();
  const Effects body = effects_of(loop.body, site.symbols->pure);
  if (loop.step != 1 || body.unknown || body.leaves || has_inner_loop(loop.body) || has_opaque(loop.body))
    return std::nullopt;
  const auto found = guarded_part(site);
  if (!found || effects_of(found->before, site.symbols->pure).continues ||
      !reads_in_steps(found->rest, site, body))
    return std::nullopt;
  auto made = masked(*found, site, body);
  if (!made) return std::nullopt;
  Stmt whole = loop;
  whole.body = *std::move(made);
  auto text = commit(site, {whole}, {true, {}, {}},
                     "Computed for " + to_text(found->skipped) + ", too, and masked there.");
  if (!text) return std::nullopt;
  const uint32_t at = site.unit->preamble_at;
  if (text->find(" ke_keptf(") != std::string::npos)
    *text = with_preamble(*text, at, "float ke_keptf(", kept_helper("ke_keptf", "float", "int"));
  if (text->find(" ke_kept(") != std::string::npos)
    *text = with_preamble(*text, at, "double ke_kept(", kept_helper("ke_kept", "double", "long long"));
  if (!parses_as_well(*site.unit, *text)) return std::nullopt;
  return Rewritten{*text, to_text(found->skipped) + " in " + where(site)};
}

}  // namespace

std::vector<Rewritten> if_conversion(const Unit& unit, const RewriteRules& rules, int) {
  std::vector<Rewritten> out;
  const Sites sites(unit, rules.noalias);
  for (const Site& site : sites.all())
    if (auto made = convert_loop(site)) out.push_back(*std::move(made));
  return out;
}

}  // namespace ke
