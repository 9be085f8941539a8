// SPDX-License-Identifier: MIT
#include "ke-build/search/rewrites/channel_loops.h"

#include "ke-build/search/syntax/poly.h"

namespace ke {
namespace {

constexpr int64_t kMostTrips = 8;
constexpr size_t kMostStatements = 256;

size_t count_statements(const Stmts& list) {
  size_t count = 0;
  walk(list, [&](const Stmt&) { ++count; });
  return count;
}

std::optional<int64_t> number_of(const Expr& raw, const Symbols& symbols) {
  const auto poly = poly_of(raw, symbols);
  return poly ? poly->constant() : std::nullopt;
}

}  // namespace

bool unroll_channels(Stmts& list, const Symbols& symbols) {
  Stmts made;
  for (Stmt& s : list) {
    if (s.is(Stmt::Kind::wild) || s.is(Stmt::Kind::opaque) || s.is(Stmt::Kind::pragma)) return false;
    if (!unroll_channels(s.body, symbols) || !unroll_channels(s.otherwise, symbols)) return false;
    if (!s.is(Stmt::Kind::loop)) {
      made.push_back(std::move(s));
      continue;
    }
    const auto first = number_of(s.lower, symbols), end = number_of(exclusive_upper(s), symbols);
    const Effects effects = effects_of(s.body, symbols.pure);
    if (!first || !end || s.step < 1 || effects.leaves || effects.continues ||
        effects.declared.count(s.name) || s.type.empty())
      return false;
    const int64_t trips = *end > *first ? (*end - *first + s.step - 1) / s.step : 0;
    // Nests multiply: windows of 8 x 8 are no channels.
    if (trips > kMostTrips || static_cast<size_t>(trips) * (1 + count_statements(s.body)) > kMostStatements)
      return false;
    for (int64_t at = *first; at < *end; at += s.step) {
      Stmt block;
      block.kind = Stmt::Kind::block;
      block.body = s.body;
      // A number has the counter's type only as an int.
      const Expr number = Expr::number(at);
      const std::string type = value_type(s.type);
      substitute(block.body, s.name, type == "int" ? number : Expr{Expr::Kind::cast, type, {number}});
      made.push_back(std::move(block));
    }
  }
  list = std::move(made);
  return true;
}

}  // namespace ke
