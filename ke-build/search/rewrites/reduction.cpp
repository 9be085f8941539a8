// SPDX-License-Identifier: MIT
#include "ke-build/search/rewrites/reduction.h"

#include "ke-build/search/syntax/facts.h"

namespace ke {
namespace {

// e > m, m < e: keeps the first extreme and ignores NaN, exactly like lane-wise selection.
bool compares(const Expr& condition, const std::string& name, Reduction& kind, Expr& element) {
  const Expr& c = bare(condition);
  if (!c.is(Expr::Kind::binary) || (c.text != "<" && c.text != ">")) return false;
  bool left = bare(c.kids[0]).is(Expr::Kind::name, name), right = bare(c.kids[1]).is(Expr::Kind::name, name);
  if (left == right) return false;
  element = left ? c.kids[1] : c.kids[0];
  kind = (c.text == ">") == right ? Reduction::greater : Reduction::less;
  return !mentions(element, name);
}

// std::max(m, e) is m < e ? e : m: NaN elements are ignored. std::max(e, m) is not the same and is left
// alone.
bool is_extreme_call(const Expr& e, const std::string& name, Reduction& kind, Expr& element) {
  if (!e.is(Expr::Kind::call) || e.kids.size() != 2 || !bare(e.kids[0]).is(Expr::Kind::name, name))
    return false;
  std::string callee = e.text.substr(0, e.text.find('<'));
  if (callee != "std::max" && callee != "std::min" && callee != "max" && callee != "min") return false;
  kind = callee.find("max") != std::string::npos ? Reduction::greater : Reduction::less;
  element = e.kids[1];
  return !mentions(element, name);
}

bool is_selection(const Expr& e, const std::string& name, Reduction& kind, Expr& element) {
  return e.is(Expr::Kind::conditional) && compares(e.kids[0], name, kind, element) &&
         same(e.kids[1], element) && bare(e.kids[2]).is(Expr::Kind::name, name);
}

}  // namespace

bool match_assignment(const Stmt& s, Match& match) {
  if (!s.is(Stmt::Kind::expression) || !s.value.is(Expr::Kind::assign) ||
      !s.value.kids[0].is(Expr::Kind::name))
    return false;
  const std::string& name = s.value.kids[0].text;
  const Expr& right = bare(s.value.kids[1]);
  match.accumulator.name = name;
  if (s.value.text == "+=" || s.value.text == "-=") {
    match.element = s.value.kids[1];
    return !mentions(match.element, name);
  }
  if (s.value.text != "=") return false;
  if (right.is(Expr::Kind::binary, "+")) {
    bool left = bare(right.kids[0]).is(Expr::Kind::name, name);
    match.element = right.kids[left ? 1 : 0];
    return (left || bare(right.kids[1]).is(Expr::Kind::name, name)) && !mentions(match.element, name);
  }
  return is_extreme_call(right, name, match.accumulator.kind, match.element) ||
         is_selection(right, name, match.accumulator.kind, match.element);
}

bool match_branch(const Stmt& s, const std::string& variable, Match& match) {
  if (!s.is(Stmt::Kind::branch) || !s.otherwise.empty() || s.body.empty() || s.body.size() > 2) return false;
  for (const Stmt& part : s.body) {
    if (!part.is(Stmt::Kind::expression) || !part.value.is(Expr::Kind::assign, "=") ||
        !part.value.kids[0].is(Expr::Kind::name))
      return false;
    const std::string& name = part.value.kids[0].text;
    Expr element;
    bool extreme =
        compares(s.value, name, match.accumulator.kind, element) && same(part.value.kids[1], element);
    if (extreme && match.accumulator.name.empty()) {
      match.accumulator.name = name;
      match.element = element;
    } else if (match.accumulator.index.empty() && mentions(part.value.kids[1], variable) &&
               names_in(part.value.kids[1]).size() == 1) {
      match.accumulator.index = name;
    } else {
      return false;
    }
  }
  return !match.accumulator.name.empty() && (s.body.size() == 1) == match.accumulator.index.empty();
}

}  // namespace ke
