// SPDX-License-Identifier: MIT
#include "ke-build/search/rewrites/pixel_data.h"

#include <algorithm>
#include <utility>

namespace ke {
namespace {

bool is_test(const Expr& e) {
  static const std::set<std::string> kTests = {"<", "<=", ">", ">=", "==", "!=", "&&", "||"};
  return e.is(Expr::Kind::unary, "!") || (e.is(Expr::Kind::binary) && kTests.count(e.text) != 0);
}

}  // namespace

PixelData::PixelData(const Stmts& body, const Effects& effects, std::string counter)
    : effects_(effects), counter_(std::move(counter)) {
  std::vector<Given> given;
  std::vector<Expr> tests;
  collect_given(body, tests, given);
  for (size_t before = data_.size() + 1; before != data_.size();) {
    before = data_.size();
    for (const Given& one : given)
      if (holds_data(one.value)) data_.insert(one.to);
  }
  // The others know more: counters, parameters, what other iterations left.
  for (size_t before = others_know_.size() + 1; before != others_know_.size();) {
    before = others_know_.size();
    for (const Given& one : given)
      if (!only_data(one.value) ||
          !std::all_of(one.tests.begin(), one.tests.end(), [&](const Expr& test) { return decides(test); }))
        others_know_.insert(one.to);
  }
}

void PixelData::collect_given(const Stmts& list, std::vector<Expr>& tests, std::vector<Given>& given) {
  for (const Stmt& s : list) {
    if (s.is(Stmt::Kind::declare) && s.has_init) given.push_back({s.name, s.value, {}});
    const bool top = s.is(Stmt::Kind::expression) && s.value.is(Expr::Kind::assign);
    walk(s.value, [&](const Expr& e) {
      const bool counts =
          e.is(Expr::Kind::postfix) || e.is(Expr::Kind::unary, "++") || e.is(Expr::Kind::unary, "--");
      if (!counts && !e.is(Expr::Kind::assign)) return;
      const Expr& place = bare(e.kids[0]);
      const std::string to = to_text(place.is(Expr::Kind::subscript) ? bare(place.kids[0]) : place);
      // Somewhere within an expression nobody knows under which tests.
      if (top && &e == &s.value)
        given.push_back({to, e.kids[1], tests});
      else
        others_know_.insert(to);
    });
    if (s.is(Stmt::Kind::branch)) tests.push_back(s.value);
    collect_given(s.body, tests, given);
    collect_given(s.otherwise, tests, given);
    if (s.is(Stmt::Kind::branch)) tests.pop_back();
  }
}

// An element that this iteration has for itself, or a variable that holds something of one.
bool PixelData::is_datum(const Expr& e) const {
  if (e.is(Expr::Kind::name)) return data_.count(e.text) != 0;
  if (!e.is(Expr::Kind::subscript)) return false;
  bool moves = false;
  walk(e.kids[1],
       [&](const Expr& part) { moves = moves || part.is(Expr::Kind::name, counter_) || is_datum(part); });
  return moves;
}
bool PixelData::holds_data(const Expr& e) const {
  bool found = false;
  walk(e, [&](const Expr& part) { found = found || is_datum(part); });
  return found;
}
// Nothing but data and what stands still says what it is; what stands still says nothing for itself.
bool PixelData::only_data(const Expr& e) const {
  if (e.is(Expr::Kind::subscript)) return others_know_.count(to_text(bare(e.kids[0]))) == 0;
  if (e.is(Expr::Kind::name)) {
    const bool left = effects_.scalar_writes.count(e.text) != 0 && effects_.declared.count(e.text) == 0;
    return e.text != counter_ && others_know_.count(e.text) == 0 && !left;
  }
  if (e.is(Expr::Kind::opaque)) return false;
  if (is_test(e)) return decides(e);
  if (e.is(Expr::Kind::conditional) && !decides(e.kids[0])) return false;
  return std::all_of(e.kids.begin(), e.kids.end(), [&](const Expr& kid) { return only_data(kid); });
}
// A test that data alone decides says nothing about how far an array reaches; others may.
bool PixelData::decides(const Expr& raw) const {
  const Expr& e = bare(raw);
  if (e.is(Expr::Kind::unary, "!")) return decides(e.kids[0]);
  static const std::set<std::string> kBoth = {"&&", "||", "&", "|", "^"};
  const auto is_number = [](const Expr& kid) { return bare(kid).is(Expr::Kind::number); };
  if (e.is(Expr::Kind::binary) && kBoth.count(e.text) && !is_number(e.kids[0]) && !is_number(e.kids[1]))
    return decides(e.kids[0]) && decides(e.kids[1]);
  if (!holds_data(e)) return false;
  if (e.is(Expr::Kind::conditional) && !decides(e.kids[0])) return false;
  if (!is_test(e)) return only_data(e);
  return std::all_of(e.kids.begin(), e.kids.end(), [&](const Expr& kid) { return only_data(kid); });
}

}  // namespace ke
