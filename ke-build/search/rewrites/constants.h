// SPDX-License-Identifier: MIT
// What a constant of the file or of its headers is: an enumerator, `constexpr int kMax = 2;`, a macro.
#pragma once

#include "ke-build/search/rewrites/rewrite.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ke {

class Constants {
 public:
  Constants(const Unit& unit, const RewriteRules& rules);

  /// Can the expression (a literal, or a name that is no variable of the function) have one value only?
  bool is_constant(const Expr& e, const Symbols& symbols) const;
  /// Are both known to have other values?
  bool differ(const Expr& a, const Expr& b) const;
  /// What an enumeration of the name consists of, in its order; nothing where two have the name, or where
  /// lines of the preprocessor stand among them.
  std::vector<std::string> enumerators_of(const std::string& type) const;

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
  std::multimap<std::string, std::vector<std::string>> enumerations_;  // by the last part of the name
};

}  // namespace ke
