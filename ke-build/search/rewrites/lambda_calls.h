// SPDX-License-Identifier: MIT
// A call of a lambda, written out.
#pragma once

#include "ke-build/search/rewrites/inline_method.h"
#include "ke-build/search/syntax/lambda.h"

#include <functional>
#include <optional>
#include <set>
#include <string>

namespace ke {

class LambdaCalls {
 public:
  /// `reading`: functions that change nothing. `fresh` makes names that nothing has.
  LambdaCalls(const Lambda& lambda, const Symbols& symbols, const std::set<std::string>& reading,
              std::function<std::string(const std::string&)> fresh);

  /// Does a call read, and change nothing but its own variables?
  bool only_reads() const { return only_reads_; }

  /// `may_precede`: statements may come in front of the one that holds the call. Nothing where the arguments
  /// do something, or parameters and results are not numbers (or pointers, or the caller's own numbers).
  std::optional<MethodInliner::Inlined> call(const std::vector<Expr>& arguments, bool may_precede);

 private:
  struct Work;
  bool bind(const Parameter& parameter, const Expr& argument, Work& work);
  bool rename_own(Stmts& statements);
  std::optional<Expr> result(const Expr& value, bool one_return, Work& work);

  const Lambda& lambda_;
  Symbols symbols_;  // and the types of what is made
  const std::function<std::string(const std::string&)> fresh_;
  Effects effects_;
  bool only_reads_ = false, loops_ = false;
};

}  // namespace ke
