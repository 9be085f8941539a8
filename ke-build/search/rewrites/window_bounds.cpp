// SPDX-License-Identifier: MIT
#include "ke-build/search/rewrites/window_bounds.h"

#include "ke-build/search/syntax/extremes.h"

#include <algorithm>
#include <map>

namespace ke {
namespace {

class BoundsReader {
 public:
  BoundsReader(const Stmt& loop, std::string over, const Symbols& symbols)
      : loop_(loop), over_(std::move(over)), symbols_(symbols) {}

  std::optional<WindowBounds> read(const std::vector<Expr>& tests, const Poly& usual) {
    const auto lows = extremes_of(loop_.lower, false, symbols_),
               highs = extremes_of(exclusive_upper(loop_), true, symbols_);
    if (!lows || !highs) return std::nullopt;
    const bool bounded = moves(*lows) || moves(*highs);
    if (!(bounded ? bounded_by(*lows, *highs) : counted(*lows, *highs, tests, usual))) return std::nullopt;
    for (const Expr& test : tests)
      if (!limit(test)) return std::nullopt;
    const auto step = made_.start.coefficient(over_);
    if (!step || step->is_zero() || varies(*step) || varies(made_.length)) return std::nullopt;
    made_.step = *step;
    return made_;
  }

 private:
  bool varies(const Poly& p) const { return p.mentions(over_) || p.mentions(loop_.name); }

  bool moves(const std::vector<Poly>& forms) const {
    return std::any_of(forms.begin(), forms.end(), [&](const Poly& form) { return form.mentions(over_); });
  }

  // The one form that moves; the others are limits.
  std::optional<Poly> moving(const std::vector<Poly>& forms, std::vector<Poly>& limits) const {
    std::optional<Poly> found;
    for (const Poly& form : forms) {
      if (!form.mentions(over_))
        limits.push_back(form);
      else if (found)
        return std::nullopt;
      else
        found = form;
    }
    return found;
  }

  // for (x = max(start, lows...); x < min(start + length, highs...); ++x)
  bool bounded_by(const std::vector<Poly>& lows, const std::vector<Poly>& highs) {
    const auto first = moving(lows, made_.lows), end = moving(highs, made_.highs);
    if (!first || !end) return false;
    made_.start = *first;
    made_.length = *end - *first;
    made_.column = Poly::name(loop_.name);
    return true;
  }

  // for (k = 0; k < length; ++k): the column is what the tests are about.
  bool counted(const std::vector<Poly>& lows, const std::vector<Poly>& highs, const std::vector<Expr>& tests,
               const Poly& usual) {
    if (lows.size() != 1 || highs.size() != 1) return false;
    made_.column = usual;
    for (const Expr& test : tests)
      if (const auto sides = comparison(test); sides && varies(sides->form)) {
        made_.column = sides->form;
        break;
      }
    const auto factor = made_.column.coefficient(loop_.name);
    if (!factor || !(*factor == Poly(1))) return false;
    made_.start = made_.column.replaced(loop_.name, lows[0]);
    made_.length = highs[0] - lows[0];
    return true;
  }

  struct Sides {
    Poly form, bound;
    std::string op;  // form op bound
  };

  // With the loop's counter on the left.
  std::optional<Sides> comparison(const Expr& raw) const {
    static const std::map<std::string, std::string> mirrored = {
        {"<", ">"}, {">", "<"}, {"<=", ">="}, {">=", "<="}};
    const Expr& test = bare(raw);
    if (!test.is(Expr::Kind::binary) || mirrored.count(test.text) == 0) return std::nullopt;
    auto left = poly_of(test.kids[0], symbols_), right = poly_of(test.kids[1], symbols_);
    if (!left || !right) return std::nullopt;
    if (left->mentions(loop_.name)) return Sides{*left, *right, test.text};
    return Sides{*right, *left, mirrored.at(test.text)};
  }

  // What has to hold for an element to count: column >= low, column < high.
  bool limit(const Expr& test) {
    const auto sides = comparison(test);
    if (!sides) return steady(test);
    if (!varies(sides->form) && !varies(sides->bound)) return steady(test);
    if (may_wrap(sides->form, symbols_) || may_wrap(sides->bound, symbols_)) return false;
    // form - bound op 0, so column op column - (form - bound)
    Poly edge = made_.column - (sides->form - sides->bound);
    if (varies(edge)) return false;
    if (sides->op == ">" || sides->op == "<=") edge = edge + Poly(1);
    (sides->op[0] == '>' ? made_.lows : made_.highs).push_back(edge);
    return true;
  }

  bool steady(const Expr& test) {
    if (mentions(test, over_) || mentions(test, loop_.name)) return false;
    made_.uniform.push_back(test);
    return true;
  }

  const Stmt& loop_;
  const std::string over_;
  const Symbols& symbols_;
  WindowBounds made_;
};

}  // namespace

std::optional<WindowBounds> window_bounds(const Stmt& loop, const std::string& over,
                                          const std::vector<Expr>& tests, const Poly& usual,
                                          const Symbols& symbols) {
  return BoundsReader(loop, over, symbols).read(tests, usual);
}

}  // namespace ke
