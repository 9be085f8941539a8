// SPDX-License-Identifier: MIT
// What one loop over the keys of an attention does: makes products, stores scores, looks for the largest one,
// adds up.
#pragma once

#include "ke-build/search/templates/attention_site.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ke {

struct KeyProduct {
  std::vector<Element> elements;  // two
  const Stmt* depth = nullptr;    // the loop over the products
};

/// One iteration in terms of what was there before it: locals are written out, `@dot` is the sum of products.
class KeyLoop {
 public:
  KeyLoop(const Stmt& loop, const Symbols& symbols) : loop_(loop), symbols_(symbols) {}

  /// False when the loop does anything else.
  bool read();

  std::optional<KeyProduct> product;
  std::optional<Element> stored;  // at most one element per key
  Expr stored_place, stored_value;
  std::string most, total;                      // names
  std::optional<Expr> most_value, total_value;  // what the largest one is searched among; what is added

 private:
  bool statements(const Stmts& list);
  bool declare(const Stmt& s);
  bool assign(const Expr& e);
  bool store(const Expr& place, const std::string& op, const Expr& value);
  bool multiply(const Stmt& inner);
  Expr written_out(Expr e) const;

  const Stmt& loop_;
  const Symbols& symbols_;
  std::map<std::string, Expr> locals_;
};

/// What was found besides the site itself.
struct AttentionFacts {
  Effects effects;                         // of the region
  std::string scores;                      // the array; the weights', once there are some
  std::string raised;                      // the scores', where the weights have an array of their own
  std::map<std::string, Expr> values;      // what scalars were set to last
  std::map<std::string, bool> from_first;  // ... the score of the first key
  std::vector<const Stmt*> kept;           // statements besides that are no settings of scalars
};

/// Fills in what the search for the largest score starts with, which ends differ and what must not overlap.
/// False when the scores outlive the region, or when something in it changes what the kernel is told before.
bool can_run_ahead(AttentionSite& site, AttentionFacts& facts);

/// The expression without names that are given their only value inside of the region.
Expr known_before(Expr e, const Effects& effects, const Symbols& symbols);
/// Has it the same value before the region and all through it, and no side effect?
bool is_invariant(const Expr& e, const Effects& effects, const Symbols& symbols);

/// Without parentheses, and without casts between numbers.
const Expr& without_number_casts(const Expr& expr);

}  // namespace ke
