// SPDX-License-Identifier: MIT
// A value per workload class: the kernel becomes a template over its tunables, and the function of the old
// name calls the instance that is best for the size at hand.
#pragma once

#include "ke-build/model/tunables.h"
#include "ke-build/search/rewrites/rewrite.h"

#include <optional>
#include <string>
#include <vector>

namespace ke {

struct ClassPlan {
  std::vector<std::string> axes;  // parameters of the entry whose product is the size
  std::vector<int64_t> limits;    // ascending: class i holds the sizes up to limits[i], the last one the rest
  std::vector<TunableValues>
      values;  // of each class, one more than limits; the same names in each, whole numbers
};

/// The product of parameters, as an expression of C and C++.
std::string size_text(const std::vector<std::string>& axes);
/// Where the definition starts with its dispatch mark, as the start of a line; npos when something else
/// stands before it.
size_t line_of(const Unit& unit, const Function& entry);

/// The names of `unit`'s macros that only the entry's body reads, so that they may become template
/// parameters.
bool only_entry_reads(const Unit& unit, const std::string& name);

/// Nothing when the entry is no plain C++ function, or one of the names is read elsewhere, too.
std::optional<Rewritten> per_class(const Unit& unit, const ClassPlan& plan);

}  // namespace ke
