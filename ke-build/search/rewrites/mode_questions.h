// SPDX-License-Identifier: MIT
// What a function and the functions that it calls ask about a parameter while loops run.
#pragma once

#include "ke-build/search/rewrites/rewrite.h"

#include <set>
#include <string>
#include <vector>

namespace ke {

class ModeQuestions {
 public:
  /// Reads what is asked about the parameter in loops, and in helpers that are given it there.
  ModeQuestions(const Unit& unit, const Function& f, const std::string& parameter, bool in_loop = false,
                int depth = 0);

  /// Is it compared, or anything that is true or false?
  bool asked() const { return asked_; }
  /// Is it mentioned in a loop at all?
  bool mentioned() const { return mentioned_; }
  /// Is it given to what is not known here: constructors, functions of other files?
  bool handed_on() const { return handed_on_; }
  /// What it is compared with, in the order of the text: literals and names that are not the functions' own.
  const std::vector<std::string>& constants() const { return constants_; }

 private:
  void visit(const Stmts& list, bool in_loop);
  void look(const std::string& text, bool in_loop);
  void look_at(const std::string& text, size_t at, bool in_loop);
  void add_constant(const std::string& word);
  /// The parameter of a helper that the word at `at` is the argument for, read in turn.
  void follow(const std::string& text, size_t at, bool in_loop);

  const Unit& unit_;
  const Function& function_;
  const std::string name_;
  std::set<std::string> own_;  // names of the function
  const int depth_;
  bool asked_ = false, mentioned_ = false, handed_on_ = false;
  std::vector<std::string> constants_;
};

}  // namespace ke
