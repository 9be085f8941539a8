// SPDX-License-Identifier: MIT
// sin, cos, exp, pow, ... of loop indices and steady scalars, worked out again for every iteration of an
// outer loop (transforms, windows, rotary and positional encodings): once per call, into a table. Of (k * n)
// % N there are no more than N values. Every value has the bits that it had.
#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/precompute.h"

#include <algorithm>

namespace ke {
namespace {

bool is_costly(const std::string& callee) {
  static const std::set<std::string> known = {
      "sin",   "cos", "tan",  "asin",  "acos",  "atan", "atan2", "sinh", "cosh", "tanh", "exp",   "exp2",
      "expm1", "log", "log2", "log10", "log1p", "pow",  "sqrt",  "cbrt", "erf",  "erfc", "hypot", "fmod"};
  std::string name = starts_with(callee, "std::") ? callee.substr(5) : callee;
  if (known.count(name)) return true;
  if (!name.empty() && name.back() == 'f') name.pop_back();
  return known.count(name) != 0;
}

// A function of the file that only computes is worth what it calls.
bool calls_costly(const Unit& unit, const std::string& callee, int depth) {
  if (is_costly(callee)) return true;
  const Function* f = depth < 4 ? unit.find(callee) : nullptr;
  return f && std::any_of(f->calls.begin(), f->calls.end(),
                          [&](const std::string& next) { return calls_costly(unit, next, depth + 1); });
}

bool is_worth_a_table(const Repeated& found, const Stmt&, const Site& outer) {
  if (!rounds_by_itself(found.use)) return false;
  bool costly = false, loads_outside = false;
  const auto look = [&](const Expr& e, const auto& self) -> void {
    if (e.is(Expr::Kind::call) && calls_costly(*outer.unit, e.text, 0)) {
      costly = true;
      return;
    }
    loads_outside = loads_outside || e.is(Expr::Kind::subscript) || e.is(Expr::Kind::member);
    for (const Expr& kid : e.kids) self(kid, self);
  };
  look(found.value, look);
  return costly && !loads_outside;
}

}  // namespace

std::vector<Rewritten> tables(const Unit& unit, const RewriteRules& rules, int) {
  return precompute(unit, rules,
                    {is_worth_a_table, true, 2, "worked out once for all iterations of the loop over "});
}

}  // namespace ke
