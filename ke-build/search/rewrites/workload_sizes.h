// SPDX-License-Identifier: MIT
// Which of the kernel's parameters do the axes and scalars of the spec arrive in, and with which values?
#pragma once

#include "ke-build/model/operator.h"
#include "ke-build/search/rewrites/rewrite.h"

#include <string>
#include <vector>

namespace ke {

/// The entry's integer parameter that an axis arrives in, from the call `f(x, y, rows, cols)` of the spec; by
/// its name where the call is not the entry's own. "" when there is none.
std::string parameter_of(const Operator& op, const Function& entry, const std::string& axis);

/// For each workload the values of the entry's integer parameters, as far as the spec says them.
std::vector<Sizes> workload_sizes(const Operator& op, const Function& entry);

}  // namespace ke
