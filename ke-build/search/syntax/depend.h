// SPDX-License-Identifier: MIT
// Which iterations of a loop may run in another order, and what has to be checked at run time first.
#pragma once

#include "ke-build/search/syntax/site.h"
#include "ke-build/search/syntax/traces.h"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace ke {

struct Independence {
  bool holds = false;
  std::vector<NamePair> unchecked;  // arrays that must not overlap; nothing known about them yet
  std::vector<NamePair> may_equal;  // of those: the same start is harmless too (in-place kernels)
};

/// May the iterations of the site's loop run in any order, and interleaved? Scalars in `ordered` are exempt:
/// the caller keeps the order of the statements that use them.
Independence independence_of(const Site& site, const std::set<std::string>& ordered = {});

/// The same where, besides, a rewrite lets `later` run before `earlier`: both are parts of one iteration, in
/// the order of the source.
Independence independence_of_swapped(const Site& site, const std::set<std::string>& ordered,
                                     const Stmts& earlier, const Stmts& later);

/// Are these two arrays known to share no memory (contract, types, own storage, an enclosing check)? Never
/// where a local points who knows where.
bool is_separate(const Site& site, const std::string& a, const std::string& b);

}  // namespace ke
