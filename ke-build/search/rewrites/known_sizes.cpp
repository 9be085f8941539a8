// SPDX-License-Identifier: MIT
// `v.size()` of a local vector that keeps the size that it was made with: bounds of loops are sizes of the
// kernel then, and no longer something that belongs to the vector.
#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/call_order.h"
#include "ke-build/search/rewrites/loop_forms.h"
#include "ke-build/search/rewrites/support.h"

#include <algorithm>

namespace ke {
namespace {

// `std::vector<T> name(length)`, `std::vector<T> name(length, value)`: not of two iterators.
std::optional<Expr> length_of(const Stmt& s, const Symbols& symbols, const Function& function) {
  const bool vector = s.is(Stmt::Kind::declare) && s.constructed && starts_with(s.type, "std::vector<") &&
                      !element_type(s.type).empty() && !s.value.kids.empty() && s.value.kids.size() <= 2;
  if (!vector) return std::nullopt;
  const Expr& length = s.value.kids[0];
  const Effects effects = effects_of(length, symbols.pure);
  if (effects.unknown || !effects.scalar_writes.empty() || !effects.accesses.empty()) return std::nullopt;
  bool plain = true;
  walk(length, [&](const Expr& e) {
    const bool cast = e.is(Expr::Kind::call) && starts_with(e.text, "static_cast<");
    plain =
        plain && !e.is(Expr::Kind::opaque) && !e.is(Expr::Kind::member) && (!e.is(Expr::Kind::call) || cast);
  });
  const std::set<std::string> written = effects_of(function.body, symbols.pure).scalar_writes;
  for (const std::string& name : names_in(length)) {
    const auto type = symbols.types.find(name);
    plain = plain && type != symbols.types.end() && is_integer_type(value_type(type->second)) &&
            written.count(name) == 0 && !is_declared_again(function, name) &&
            is_never_handed_out(function, name) && !is_handed_on(function.body, name, symbols) &&
            symbols.loop_variables.count(name) == 0;
  }
  return plain ? std::optional(length) : std::nullopt;
}

// Elements, places and sizes are all that is asked of it.
bool keeps_size(const Stmts& rest, const std::string& name) {
  size_t all = 0, elements = 0;
  bool kept = true;
  walk(rest, [&](const Stmt& s) {
    const bool text = s.is(Stmt::Kind::wild) || s.is(Stmt::Kind::opaque) || s.is(Stmt::Kind::jump);
    kept = kept && !(text && identifiers(s.text).count(name)) && s.name != name;
  });
  walk_expressions(rest, [&](const Expr& e) {
    all += e.is(Expr::Kind::name, name);
    elements += e.is(Expr::Kind::subscript) && e.kids[0].is(Expr::Kind::name, name);
    if (e.is(Expr::Kind::opaque)) kept = kept && identifiers(e.text).count(name) == 0;
    if (!e.is(Expr::Kind::call) || identifiers(e.text).count(name) == 0) return;
    kept = kept && (e.text == name + ".size" || e.text == name + ".data" || e.text == name + ".empty");
  });
  return kept && all == elements;
}

void replace_sizes(Expr& e, const std::string& name, const Expr& size, size_t& times) {
  if (e.is(Expr::Kind::call, name + ".size") && e.kids.empty()) {
    e = size;
    ++times;
    return;
  }
  for (Expr& kid : e.kids) replace_sizes(kid, name, size, times);
}

void replace_sizes(Stmts& statements, const std::string& name, const Expr& size, size_t& times) {
  for (Stmt& s : statements) {
    for (Expr* e : {&s.lower, &s.upper, &s.value}) replace_sizes(*e, name, size, times);
    for (Expr& dim : s.dims) replace_sizes(dim, name, size, times);
    replace_sizes(s.body, name, size, times);
    replace_sizes(s.otherwise, name, size, times);
  }
}

void visit_sizes(const Unit& unit, const Symbols& symbols, const Function& function, const Stmts& list,
                 std::vector<Rewritten>& out) {
  for (size_t i = 0; i < list.size(); ++i) {
    visit_sizes(unit, symbols, function, list[i].body, out);
    visit_sizes(unit, symbols, function, list[i].otherwise, out);
    const auto length = length_of(list[i], symbols, function);
    const Stmts rest(list.begin() + static_cast<std::ptrdiff_t>(i) + 1, list.end());
    const auto type = length ? symbols.types.find(list[i].name) : symbols.types.end();
    if (!length || type == symbols.types.end() || type->second.empty() || !keeps_size(rest, list[i].name))
      continue;
    const bool sized = length->is(Expr::Kind::call, "static_cast<std::size_t>");
    const Expr size = sized ? *length : Expr::call("static_cast<std::size_t>", {*length});
    Unit edited = unit;
    size_t all = 0;
    for (size_t k = list.size(); k-- > i + 1;) {
      // Declared in one statement: `long n = v.size(), m = 2 * n;`
      size_t first = k;
      while (first > i + 1 && list[first - 1].begin == list[k].begin) --first;
      Stmts made(list.begin() + static_cast<std::ptrdiff_t>(first),
                 list.begin() + static_cast<std::ptrdiff_t>(k) + 1);
      size_t times = 0;
      replace_sizes(made, list[i].name, size, times);
      if (times > 0 && list[k].begin == list[i].begin) {  // the vector's own statement
        all = 0;
        break;
      }
      if (times > 0) edited.text = replace_statement(edited, list[k], made);
      all += times;
      k = first;
    }
    if (all > 0 && parses_as_well(unit, edited.text))
      out.push_back({edited.text, list[i].name + ".size(), line " + std::to_string(list[i].line)});
  }
}

}  // namespace

std::vector<Rewritten> known_sizes(const Unit& unit, const RewriteRules& rules, int) {
  std::vector<Rewritten> out;
  if (!rules.cpp || unit.text.find(".size()") == std::string::npos) return out;
  for (const Function& function : unit.functions) {
    if (starts_with(function.name, "ke_")) continue;
    const Symbols symbols = symbols_of(unit, function);
    visit_sizes(unit, symbols, function, function.body, out);
  }
  return out;
}

}  // namespace ke
