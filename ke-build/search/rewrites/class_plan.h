// SPDX-License-Identifier: MIT
// Do small and large shapes want different values? Decided on the measured speed-ups of each workload.
#pragma once

#include "ke-build/model/session.h"
#include "ke-build/search/rewrites/per_class.h"

#include <optional>
#include <string>
#include <vector>

namespace ke {

struct PlannedClasses {
  ClassPlan plan;
  TunableValues kept;  // what every class has in common
  double speedup = 1;  // over the baseline, if every workload keeps what it was measured with
};

/// The best division of the workloads into two or three classes by size, each with the configuration of one
/// of `peers` (versions of one source with other tunables, the ones that were measured). Nothing where no
/// division gains more than the noise over the best single configuration.
std::optional<PlannedClasses> plan_classes(const Operator& op, const Unit& unit,
                                           const std::vector<const Node*>& peers);

}  // namespace ke
