// SPDX-License-Identifier: MIT
// Tests that the elements of an iteration decide, and nothing else: they say nothing about how far arrays
// reach.
#pragma once

#include "ke-build/search/syntax/facts.h"

#include <set>
#include <string>
#include <vector>

namespace ke {

class PixelData {
 public:
  /// Of an iteration of the loop over `counter`; `effects` are those of its body, in which there are no
  /// loops.
  PixelData(const Stmts& body, const Effects& effects, std::string counter);

  /// Does the test hang on nothing but data, and on what stands still beside data?
  bool decides(const Expr& test) const;

 private:
  struct Given {
    std::string to;  // a variable, or an array
    Expr value;
    std::vector<Expr> tests;  // under which it is
  };
  void collect_given(const Stmts& list, std::vector<Expr>& tests, std::vector<Given>& given);
  bool is_datum(const Expr& e) const;
  bool holds_data(const Expr& e) const;
  bool only_data(const Expr& e) const;

  const Effects effects_;
  const std::string counter_;
  std::set<std::string> data_, others_know_;
};

}  // namespace ke
