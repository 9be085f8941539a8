// SPDX-License-Identifier: MIT
#include "ke-build/search/syntax/extremes.h"

namespace ke {
namespace {

// p < q ? yes : no is the lesser of both arms when yes - no is p - q or one more, the greater when it is q -
// p or one less: where they change places they differ by nothing, or by one that the test leaves out.
std::optional<bool> picks_least(const Expr& e, const Symbols& symbols) {
  const Expr& test = bare(e.kids[0]);
  if (!test.is(Expr::Kind::binary)) return std::nullopt;
  auto p = poly_of(test.kids[0], symbols), q = poly_of(test.kids[1], symbols);
  const auto yes = poly_of(e.kids[1], symbols), no = poly_of(e.kids[2], symbols);
  if (!p || !q || !yes || !no) return std::nullopt;
  if (test.text == ">" || test.text == ">=") std::swap(p, q);
  if (test.text == "<=" || test.text == ">=") q = *q + Poly(1);
  if (test.text.find_first_of("<>") != 0 || test.text.size() > 2 || test.text == "<<" || test.text == ">>")
    return std::nullopt;
  const Poly apart = *yes - *no, ahead = *p - *q;
  const auto least = (apart - ahead).constant(), most = (apart + ahead).constant();
  if (least && (*least == 0 || *least == 1)) return true;
  if (most && (*most == 0 || *most == -1)) return false;
  return std::nullopt;
}

std::optional<bool> call_picks_least(const Expr& e) {
  const std::string name = unqualified(e.text.substr(0, e.text.find('<')));
  if (e.kids.size() != 2 || (name != "min" && name != "max")) return std::nullopt;
  return name == "min";
}

bool gather(const Expr& raw, bool least, const Symbols& symbols, std::vector<Poly>& out, int depth) {
  const Expr& e = bare(raw);
  constexpr int kDeep = 8;
  if (depth > kDeep) return false;
  if (e.is(Expr::Kind::name)) {
    const auto value = symbols.values.find(e.text);
    if (value != symbols.values.end()) return gather(value->second, least, symbols, out, depth + 1);
  }
  if (auto meaning = expanded(e, symbols)) return gather(*meaning, least, symbols, out, depth + 1);
  const bool selection = e.is(Expr::Kind::conditional);
  const auto picks = selection                ? picks_least(e, symbols)
                     : e.is(Expr::Kind::call) ? call_picks_least(e)
                                              : std::nullopt;
  if (picks) {
    if (*picks != least) return false;
    return gather(e.kids[selection ? 1 : 0], least, symbols, out, depth + 1) &&
           gather(e.kids[selection ? 2 : 1], least, symbols, out, depth + 1);
  }
  if (selection) return false;
  const auto form = poly_of(e, symbols);
  if (form) out.push_back(*form);
  return form.has_value();
}

}  // namespace

std::optional<std::vector<Poly>> extremes_of(const Expr& expr, bool least, const Symbols& symbols) {
  std::vector<Poly> found;
  return gather(expr, least, symbols, found, 0) ? std::optional(found) : std::nullopt;
}

}  // namespace ke
