// SPDX-License-Identifier: MIT
// Parts of the search that can be left out, to see what each is worth.
#pragma once

#include "ke-build/base/result.h"
#include "ke-build/model/session.h"

#include <string>
#include <vector>

namespace ke {

/// Names of parts from what a user wrote: a synthesizer (`rewrite`, its plural, ...), `learned` (the model of
/// moves), `memory` (earlier sessions, and what nodes see of each other) or `stated` (what moves are known to
/// gain, so that nothing but sessions says which to try first). Sorted, each once. ERRORS: usage.
Result<std::vector<std::string>> parts_from(const std::vector<std::string>& words);
bool lacks(const Session& session, const std::string& part);

}  // namespace ke
