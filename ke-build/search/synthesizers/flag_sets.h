// SPDX-License-Identifier: MIT
// The compiler flags that may help a kernel, as data: which, when they can have an effect, what they gain on
// average.
#pragma once

#include "ke-build/model/operator.h"
#include "ke-build/model/recipe.h"

#include <string>
#include <vector>

namespace ke {

/// What decides whether a flag set can have an effect: contract, compiler, and tokens of the source.
struct FlagFacts {
  bool gnu = false, clang = false;
  bool native = false;  // the result may assume this machine's instructions
  bool wide = false;    // vectors beyond the portable baseline exist: native, or clones chosen at run time
  bool finite_only = false;
  bool inexact = false;  // floating arithmetic whose tolerance leaves room for reassociation
  bool reduces = false;  // x += ... somewhere
  bool divides = false, calls_math = false, has_simd_pragma = false;
  char level = '0';  // -O level that is in effect
};
/// `flags` of the candidate: its own compiler decides, if it has one.
FlagFacts flag_facts(const Operator& op, const Recipe& recipe, const std::string& source,
                     const std::vector<std::string>& flags = {});
/// Names that are neither the repository's own compiler family nor missing on this machine.
std::vector<std::string> usable_compilers(const Operator& op, const Recipe& recipe);
/// Without what only one family of compilers understands.
std::vector<std::string> common_flags(std::vector<std::string> flags);

struct FlagSet {
  std::string name;
  std::vector<std::string> flags;
  double prior = 1;  // expected gain factor
};

/// Sets for these facts, each a complete step: from narrow to broad, then single flags.
std::vector<FlagSet> flag_sets(const FlagFacts& facts);

}  // namespace ke
