// SPDX-License-Identifier: MIT
// What changed between two versions of a file, in words.
#pragma once

#include <set>
#include <string>
#include <vector>

namespace ke {

struct TextChange {
  bool same_tokens = false;
  std::vector<std::string> items;  // "changed macro VEC_WIDTH", "added function g", in the order of the file
  std::vector<std::string> names;  // of the same items; "" where there is none
  /// When nothing but definitions of macros changed: their names. Otherwise empty.
  std::set<std::string> only_macros;
};

TextChange compare_texts(const std::string& before, const std::string& after);

/// At most three items, those first whose name is in `relevant`.
std::string describe(const TextChange& change, const std::vector<std::string>& relevant);

}  // namespace ke
