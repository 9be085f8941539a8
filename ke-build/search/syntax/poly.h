// SPDX-License-Identifier: MIT
// Integer polynomials over names: the form of subscripts and bounds in which two of them can be compared.
#pragma once

#include "ke-build/search/syntax/facts.h"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace ke {

class Poly {
 public:
  using Monomial = std::vector<std::string>;  // sorted factors; empty: the constant

  Poly() = default;
  explicit Poly(int64_t constant);
  static Poly name(const std::string& text);

  Poly operator+(const Poly& other) const;
  Poly operator-(const Poly& other) const;
  Poly operator*(const Poly& other) const;
  bool operator==(const Poly& other) const { return terms_ == other.terms_; }

  const std::map<Monomial, int64_t>& terms() const { return terms_; }
  bool is_zero() const { return terms_.empty(); }
  std::optional<int64_t> constant() const;
  bool mentions(const std::string& name) const;
  std::set<std::string> names() const;
  /// Coefficient of `name`, when it occurs at most linearly and in no verbatim factor.
  std::optional<Poly> coefficient(const std::string& name) const;
  Poly without(const std::string& name) const;  // the terms that lack it
  Poly replaced(const std::string& name, const Poly& value) const;

  /// Provably >= 0 when every name is a size (>= 1). Names in `signed_names` (loop variables) may not occur.
  /// `fields`: those of structures are sizes, too (shape.cols).
  bool is_nonnegative(const std::set<std::string>& signed_names, bool fields = false) const;
  /// Every term has a non-negative coefficient.
  bool all_positive() const;
  std::string text() const;

 private:
  void add(const Monomial& monomial, int64_t coefficient);
  std::map<Monomial, int64_t> terms_;
};

/// The polynomial of an integer expression. Names with one known value are replaced by it; whatever is no
/// polynomial becomes a factor of its own, spelled as in the source. Nothing for expressions that have side
/// effects.
std::optional<Poly> poly_of(const Expr& expr, const Symbols& symbols);

/// Is anything in it unsigned, or of unknown type? Differences of such might wrap.
bool may_wrap(const Poly& p, const Symbols& symbols);

}  // namespace ke
