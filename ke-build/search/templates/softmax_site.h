// SPDX-License-Identifier: MIT
// Exponentials of a row and their total, as in softmax, cross entropy and their relatives: told by what the
// loop stores and adds. With the loops around it that look for the largest element and divide by the total, a
// whole softmax.
#pragma once

#include "ke-build/search/templates/nest.h"

#include <optional>
#include <string>
#include <vector>

namespace ke {

struct SoftmaxSite {
  Site site;         // the loop that raises and adds
  std::string type;  // "float" or "double"
  Element x;
  std::optional<Element> y;  // where the exponentials go
  std::string total, most;   // names; most: of the largest element, when `search` is known
  Expr exponent;             // over @0 (the element) and @e0, ... for the extras, @most
  std::vector<std::string> extras;
  // Both or none: then each exponential is divided by the total.
  const Stmt *search = nullptr, *scale = nullptr;
};

/// Nothing when the site's loop does anything besides raising and adding.
std::optional<SoftmaxSite> read_softmax(const Site& site);

}  // namespace ke
