// SPDX-License-Identifier: MIT
// Comparisons whose answer is the same for all iterations of a loop but a few at its ends.
#pragma once

#include "ke-build/search/syntax/site.h"

#include <cstdint>
#include <optional>
#include <string>

namespace ke {

struct KnownAnswers {
  int64_t front = 0, rest = 0;  // iterations at either end in which they may be others
  Stmts body;                   // of the loop, for the iterations between them
};

/// The body of the site's loop without the border tests that do not matter in its interior: comparisons of
/// signed integers, linear in the counter, over all values of counters of inner loops. Nothing where there
/// are none.
std::optional<KnownAnswers> known_inside(const Site& site);

/// Does the name keep its value while the loop runs? `body`: the effects of its body. Its counter does not.
bool keeps_still(const std::string& name, const Effects& body, const Site& site);

}  // namespace ke
