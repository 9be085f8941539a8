// SPDX-License-Identifier: MIT
// Sums made ahead for a block of places on the stack: what matrix times vector and taps have in common.
#pragma once

#include "ke-build/search/templates/contraction_site.h"

namespace ke {

/// `{ setup; for each block of at most 1024 places { make_sums; the user's loop over the block } }`. The sums
/// lie in ke_dots__KE_N__[0 .. ke_count__KE_N__), those of the place ke_first__KE_N__ first.
/// `apart`: a condition known once the sums are made; where it does not hold the block's plain loop runs.
/// Only for regions that are the loop over the places.
Stmts blocks_of_places(const ContractionSite& site, const Stmts& setup, const Stmts& make_sums,
                       const std::string& apart = "");

}  // namespace ke
