// SPDX-License-Identifier: MIT
// A local vector that one counted loop fills by push_back has its size at once, and its elements have places.
#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/plain_tests.h"
#include "ke-build/search/rewrites/support.h"

#include <algorithm>

namespace ke {
namespace {

// `std::vector<T> name;` of numbers; the name of their type.
std::string element_of_empty(const Stmt& s) {
  if (!s.is(Stmt::Kind::declare) || s.has_init || !s.dims.empty() || !starts_with(s.type, "std::vector<"))
    return "";
  const std::string element = element_type(s.type);
  return is_floating_type(element) || is_integer_type(element) ? element : "";
}

bool is_call_of(const Stmt& s, const std::string& name, const char* method) {
  return s.is(Stmt::Kind::expression) && bare(s.value).is(Expr::Kind::call, name + method) &&
         bare(s.value).kids.size() == 1;
}

bool is_spelled(const Stmts& statements, const std::string& name) {
  bool found = mentions(statements, name);
  walk_expressions(statements, [&](const Expr& e) {
    found = found || (e.is(Expr::Kind::call) && identifiers(e.text).count(name) != 0);
  });
  return found;
}

// The places of the statements that push, one in each iteration of the loop; none where it is not so.
std::optional<size_t> pushing(const Stmt& loop, const std::string& name, const Symbols& symbols) {
  if (!loop.is(Stmt::Kind::loop) || loop.step != 1 || has_opaque(loop.body)) return std::nullopt;
  std::optional<size_t> found;
  for (size_t i = 0; i < loop.body.size(); ++i) {
    if (!is_spelled({loop.body[i]}, name)) continue;
    const bool push =
        is_call_of(loop.body[i], name, ".push_back") || is_call_of(loop.body[i], name, ".emplace_back");
    if (found || !push || is_spelled({make_expression(bare(loop.body[i].value).kids[0])}, name))
      return std::nullopt;
    found = i;
  }
  // What the push itself does is known; anything else that nobody knows could move the bounds.
  if (!found || is_spelled({make_expression(loop.lower), make_expression(loop.upper)}, name))
    return std::nullopt;
  Stmts others = loop.body;
  others[*found] = make_expression(bare(loop.body[*found].value).kids[0]);
  const Effects body = effects_of(others, symbols.pure);
  if (body.unknown) return std::nullopt;
  Effects bounds = effects_of(loop.upper, symbols.pure);
  bounds.scalar_reads.merge(effects_of(loop.lower, symbols.pure).scalar_reads);
  const bool steady =
      !bounds.unknown && bounds.scalar_writes.empty() && bounds.accesses.empty() &&
      std::none_of(bounds.scalar_reads.begin(), bounds.scalar_reads.end(), [&](const std::string& n) {
        return body.scalar_writes.count(n) != 0 || symbols.types.count(n) == 0;
      });
  return steady && !body.leaves && !body.continues && body.scalar_writes.count(loop.name) == 0 ? found
                                                                                               : std::nullopt;
}

Stmts filled(const Stmt& declaration, const Stmt& loop, size_t at) {
  const bool from_zero = bare(loop.lower).is(Expr::Kind::number, "0");
  const Expr upper = exclusive_upper(loop), count = difference(upper, loop.lower), zero = Expr::number(0);
  const Expr some = Expr::conditional(Expr::binary(loop.lower, "<", upper), count, zero);
  Stmt vector = declaration;
  vector.has_init = vector.constructed = true;
  vector.value = Expr{Expr::Kind::call, "std::vector", {Expr::call("static_cast<std::size_t>", {some})}};
  Stmt made = loop;
  const Expr place = from_zero ? Expr::name(loop.name) : difference(Expr::name(loop.name), loop.lower);
  made.body[at] = make_expression(Expr::assign(Expr::subscript(Expr::name(declaration.name), place), "=",
                                               bare(loop.body[at].value).kids[0]));
  return {vector, made};
}

void visit_pushes(const Unit& unit, const Symbols& symbols, const Stmts& list, std::vector<Rewritten>& out) {
  for (size_t i = 0; i < list.size(); ++i) {
    visit_pushes(unit, symbols, list[i].body, out);
    visit_pushes(unit, symbols, list[i].otherwise, out);
    const std::string& name = list[i].name;
    const bool shares = (i > 0 && list[i - 1].begin == list[i].begin) ||
                        (i + 1 < list.size() && list[i + 1].begin == list[i].begin);
    if (element_of_empty(list[i]).empty() || shares) continue;
    std::vector<size_t> reserves;
    size_t at = i + 1;
    for (; at < list.size(); ++at) {
      if (!is_spelled({list[at]}, name)) continue;
      if (!is_call_of(list[at], name, ".reserve")) break;
      const Effects room = effects_of(bare(list[at].value).kids[0], symbols.pure);
      if (room.unknown || !room.scalar_writes.empty()) break;
      reserves.push_back(at);
    }
    const auto place = at < list.size() ? pushing(list[at], name, symbols) : std::nullopt;
    const auto type = symbols.types.find(name);
    if (!place || type == symbols.types.end() || type->second.empty()) continue;
    Unit edited = unit;
    edited.text = replace_statement(edited, list[at], filled(list[i], list[at], *place));
    for (size_t k = reserves.size(); k-- > 0;) edited.text = replace_statement(edited, list[reserves[k]], {});
    edited.text = replace_statement(edited, list[i], {});
    if (parses_as_well(unit, edited.text))
      out.push_back({edited.text, name + " has its size, line " + std::to_string(list[i].line)});
  }
}

}  // namespace

std::vector<Rewritten> counted_pushes(const Unit& unit, const RewriteRules& rules, int) {
  std::vector<Rewritten> out;
  if (!rules.cpp || unit.text.find("_back") == std::string::npos) return out;
  for (const Function& function : unit.functions)
    if (!starts_with(function.name, "ke_") && !has_labels(function))  // jumps across a declaration
      visit_pushes(unit, symbols_of(unit, function), function.body, out);
  return out;
}

}  // namespace ke
