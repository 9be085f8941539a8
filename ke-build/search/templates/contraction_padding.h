// SPDX-License-Identifier: MIT
// Convolutions as contractions: tests that skip terms at the border of an array are answered by a copy of the
// array that has zeros there, so that the sums run without them.
#pragma once

#include "ke-build/search/templates/contraction_site.h"

#include <optional>
#include <string>
#include <vector>

namespace ke {

/// A coordinate of the array: place_factor * place + depth_factor * depth, over one loop of each kind or
/// over one alone. Terms are skipped where it is below `low` or above `high`.
struct PaddedDim {
  const Stmt *place = nullptr, *depth = nullptr;
  Poly place_factor, depth_factor;
  std::optional<Poly> low, high;
  Poly step;  // distance of neighbours in the user's array
};

struct Padding {
  std::vector<PaddedDim> dims;  // outermost first
  Poly base;                    // of the subscript, what no loop changes
  Poly index;                   // of the element in the copy, over pad() and from() of its coordinates
  // The innermost loop over columns when it may run over whole lines of the copy.
  const Stmt* widened = nullptr;

  static std::string pad(size_t dim);   // name of the distance of neighbours in the copy
  static std::string from(size_t dim);  // name of the first value
};

/// Nothing when no term is skipped, or when the array's subscripts are not made of the tested coordinates.
std::optional<Padding> read_padding(const ContractionSite& site);

}  // namespace ke
