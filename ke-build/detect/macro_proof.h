// SPDX-License-Identifier: MIT
#pragma once

#include <set>
#include <string>
#include <vector>

namespace ke {

struct MacroUse {
  std::string name;   // used, or not proved unused; "": all of them are harmless
  std::string where;  // file or argument, or "##"
};
/// Do macros matter to a compilation that reads exactly `files` with `arguments`? Not when their names occur
/// nowhere but in their own #define and #undef lines, and no `##` can paste one of them together from the
/// pieces that occur.
MacroUse find_macro_use(const std::set<std::string>& names, const std::vector<std::string>& files,
                        const std::vector<std::string>& arguments);

/// Can `name` be cut into pieces of `words`, the first of them an identifier? Pieces after the first may also
/// be numbers.
bool can_be_pasted(const std::string& name, const std::set<std::string>& words);

}  // namespace ke
