// SPDX-License-Identifier: MIT
// What a constant of the file or of its headers is: an enumerator, `constexpr int kMax = 2;`, a macro.
#pragma once

#include "ke-build/search/rewrites/rewrite.h"

#include <map>
#include <optional>

namespace ke {

class Constants {
 public:
  Constants(const Unit& unit, const RewriteRules& rules);

  /// Can the expression (a literal, or a name that is no variable of the function) have one value only?
  bool is_constant(const Expr& e, const Symbols& symbols) const;
  /// Are both known to have other values?
  bool differ(const Expr& a, const Expr& b) const;

 private:
  struct Enumerator {
    std::string of;  // the name of its type, or ""
    std::optional<int64_t> value;
  };
  void read_enumerators(const std::string& text);
  std::optional<int64_t> value_of(const Expr& e) const;
  /// The one enumerator that the name can be.
  const Enumerator* find(const std::string& name) const;

  const Unit& unit_;
  const RewriteRules& rules_;
  std::multimap<std::string, Enumerator> enumerators_;
};

}  // namespace ke
