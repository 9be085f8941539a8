// SPDX-License-Identifier: MIT
// Block coverage of a source's lines, from the blocks of its instrumented programs.
#pragma once

#include "ke-build/model/evaluation.h"

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace ke {

/// A block of an instrumented program.
struct Block {
  uint64_t address = 0;       // where the call that notes it returns to
  int line = 0;               // from 1; 0: of another file
  std::string function = {};  // its symbol
  size_t program = 0;         // the same source may be built more than once
  bool entered = false;
};

/// Lines for `blocks` out of addr2line's answer, one line of text per block, with those of files that are not
/// called `file` left 0.
void read_lines(const std::string& answer, const std::string& file, std::vector<Block>& blocks);

/// `changed`: lines from 1. A function of several programs counts once, with what was entered in any of them.
/// So does a line of several instances of a template, with the best of those that were entered at all: which
/// of their loops run depends on the arguments.
Coverage coverage_of_lines(const std::vector<Block>& blocks, const std::set<int>& changed,
                           const std::string& source);

/// `_ZN3ops4sumsILi4EEEfPKf` -> `3ops4sums`; what is no template's instance as it is.
std::string family_of(const std::string& symbol);

}  // namespace ke
