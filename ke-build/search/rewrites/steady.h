// SPDX-License-Identifier: MIT
// Which names and expressions keep their value while a loop runs.
#pragma once

#include "ke-build/search/rewrites/support.h"

#include <optional>
#include <string>
#include <vector>

namespace ke {

class Steady {
 public:
  Steady(const Site& outer, const RewriteRules& rules);

  bool cpp() const { return cpp_; }
  /// A variable of the function that the loop does not set and nothing else can, or a constant of the file.
  bool is_steady(const std::string& name) const;
  /// Of such names only, without reading memory.
  bool is_steady(const Expr& e) const;
  /// Locals of the loop that are given one value are replaced by it, converted to their type.
  Expr expanded(const Expr& e) const;
  /// Nothing but arithmetic, calls that only compute, and loads.
  bool only_computes(const Expr& e) const;
  /// Is there an integer division, by zero perhaps?
  bool may_trap(const Expr& e) const;
  /// Is there arithmetic of integers, or a conversion to one, that the values of the source may never reach?
  bool may_overflow(const Expr& e) const;
  /// Of `p[i].x`, where the file or its headers define the structure; "" otherwise.
  std::string type_of_field(const Expr& member) const;
  /// A type in which the remainders count: "" where signed and unsigned numbers are mixed.
  std::string remainder_type(const Expr& remainder) const;
  /// Replaces the first `a % n` with a steady n and an `a` of the loops' counters that is never negative by
  /// the name kRemainder, everywhere; answers it. Without loops: any `a % n`.
  std::optional<Expr> take_remainder(Expr& e, const std::vector<const Stmt*>& loops) const;

  static constexpr const char* kRemainder = "ke_remainder";

 private:
  /// Its type ("other": neither float nor double); "" when the file has no such constant.
  std::string constant_of_file(const std::string& name) const;
  bool is_floating(const Expr& e) const;
  bool depends_on_arguments_only(const std::string& callee, int depth = 0) const;
  bool is_never_negative(const Expr& e, const std::vector<const Stmt*>& loops) const;

  const Site& site_;
  const Symbols& symbols_;
  const Effects effects_;
  std::set<std::string> addressed_;
  const std::string& headers_;
  bool cpp_, noalias_;
};

}  // namespace ke
