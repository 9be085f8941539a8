// SPDX-License-Identifier: MIT
// Sums over the steps of a window that moves with a pixel, for places that lie side by side in each pixel.
#pragma once

#include "ke-build/search/templates/contraction_site.h"

#include <optional>
#include <vector>

namespace ke {

struct WindowsSite {
  ContractionSite sums;  // region: the outermost of the loops that the kernel takes over; row: the factors
  const Stmt *pixel = nullptr, *place = nullptr;
  std::vector<const Stmt*> between;  // loops of the region that stay around the kernel; only with a result
  bool row_vector = false;           // the factors differ from place to place
  bool ranged = false;               // places decide, too, which steps count
  bool scattered = false;            // steps that are one pixel apart do not follow each other
  // The element that is set to the sum, where the loops do nothing else: the kernel stores it then.
  std::optional<Element> result;

  /// What runs where the kernel cannot: the region's own loops inside of those that stay around it.
  Stmt plain() const;
};

/// Reads the windows whose summing loops are rooted at the site's loop. Nothing when there are none, or when
/// making sums ahead could change what is computed.
std::optional<WindowsSite> read_windows(const Site& inner);

}  // namespace ke
