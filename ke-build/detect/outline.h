// SPDX-License-Identifier: MIT
// The declarations of a file at namespace scope, recognised by their tokens alone: enough to say *what*
// changed and which functions a file defines. It is a guess where macros hide the structure, so it names
// changes and widens the set of affected operators, but alone it never makes an operator unaffected.
#pragma once

#include "ke-build/base/lexer.h"

#include <string>
#include <vector>

namespace ke {

struct OutlineItem {
  enum class Kind { macro, directive, function, type, variable, other };
  Kind kind = Kind::other;
  std::string name;                // may be empty
  std::vector<std::string> names;  // everything that it may define; more than `name` where macros are used
  size_t begin = 0, end = 0;       // tokens [begin, end)
  bool defines = false;            // it has a body or an initialiser
  bool internal = false;           // static, or in an anonymous namespace: no other file can call it
  bool made = false;  // a macro with arguments stands where its name would: DEFINE(f), NAME(f)(int x)
  std::string hash;   // of its tokens
};

const char* name_of(OutlineItem::Kind kind);

struct Outline {
  std::vector<OutlineItem> units;
  bool balanced = true;  // false: braces do not match, so that names may be missing
};

Outline outline_of(const TokenList& list);

/// The tokens [begin, end) in a form where only their meaning counts; what token_hash() hashes.
std::string canonical_text(const TokenList& list, size_t begin, size_t end);

}  // namespace ke
