// SPDX-License-Identifier: MIT
#include "ke-build/search/syntax/conditions.h"

#include <map>
#include <optional>

namespace ke {
namespace {

void flatten(const Expr& raw, const std::string& op, bool negate, const Symbols& symbols,
             std::vector<Expr>& parts) {
  static const std::map<std::string, std::string> opposite = {{"<", ">="}, {">=", "<"},  {">", "<="},
                                                              {"<=", ">"}, {"==", "!="}, {"!=", "=="}};
  const Expr& e = bare(raw);
  if (auto meaning = expanded(e, symbols)) return flatten(*meaning, op, negate, symbols, parts);
  if (e.is(Expr::Kind::unary, "!")) return flatten(e.kids[0], op, !negate, symbols, parts);
  std::string split_at = negate ? (op == "||" ? "&&" : "||") : op;
  if (e.is(Expr::Kind::binary, split_at)) {
    flatten(e.kids[0], op, negate, symbols, parts);
    flatten(e.kids[1], op, negate, symbols, parts);
  } else if (negate && e.is(Expr::Kind::binary) && opposite.count(e.text)) {
    // Integer comparisons only: a NaN would make both false.
    auto left = poly_of(e.kids[0], symbols), right = poly_of(e.kids[1], symbols);
    bool integers = left && right;
    for (const Poly* p : {left ? &*left : nullptr, right ? &*right : nullptr})
      if (p)
        for (const std::string& name : p->names()) {
          auto type = symbols.types.find(name);
          integers = integers && type != symbols.types.end() && is_integer_type(type->second);
        }
    parts.push_back(integers ? Expr::binary(e.kids[0], opposite.at(e.text), e.kids[1])
                             : Expr::unary("!", Expr{Expr::Kind::group, "", {e}}));
  } else {
    parts.push_back(negate ? Expr::unary("!", e.is(Expr::Kind::binary) ? Expr{Expr::Kind::group, "", {e}} : e)
                           : e);
  }
}

bool mentions_loop(const Poly& p, const Symbols& symbols) {
  for (const std::string& name : p.names())
    if (symbols.loop_variables.count(name)) return true;
  return false;
}

struct Limits {
  Poly form;
  std::optional<Poly> low, high;
};

// `form op bound` with the loop variables on the left.
void note_limit(const Expr& test, const Symbols& symbols, std::vector<Limits>& found) {
  static const std::map<std::string, std::string> mirrored = {
      {"<", ">"}, {">", "<"}, {"<=", ">="}, {">=", "<="}};
  if (!test.is(Expr::Kind::binary) || !mirrored.count(test.text)) return;
  auto form = poly_of(test.kids[0], symbols), bound = poly_of(test.kids[1], symbols);
  if (!form || !bound) return;
  std::string op = test.text;
  if (!mentions_loop(*form, symbols)) {
    std::swap(form, bound);
    op = mirrored.at(op);
  }
  if (!mentions_loop(*form, symbols) || mentions_loop(*bound, symbols)) return;
  Limits* limits = nullptr;
  for (Limits& known : found)
    if (known.form == *form) limits = &known;
  if (!limits) limits = &found.emplace_back(Limits{*form, std::nullopt, std::nullopt});
  if (op == "<" || op == "<=")
    limits->high = op == "<" ? *bound - Poly(1) : *bound;
  else
    limits->low = op == ">" ? *bound + Poly(1) : *bound;
}

}  // namespace

std::vector<Expr> condition_parts(const Expr& condition, const std::string& op, bool negate,
                                  const Symbols& symbols) {
  std::vector<Expr> parts;
  flatten(condition, op, negate, symbols, parts);
  return parts;
}

std::vector<Range> ranges_of(const Expr& condition, bool negate, const Symbols& symbols) {
  std::vector<Limits> limits;
  for (const Expr& part : condition_parts(condition, "&&", negate, symbols))
    note_limit(part, symbols, limits);
  std::vector<Range> ranges;
  for (const Limits& l : limits)
    if (l.low && l.high) ranges.push_back({l.form, *l.low, *l.high});
  return ranges;
}

}  // namespace ke
