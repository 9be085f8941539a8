// SPDX-License-Identifier: MIT
// Do small and large shapes want different values? Decided on the measured speed-ups of each workload.
#pragma once

#include "ke-build/model/session.h"
#include "ke-build/search/rewrites/per_class.h"

#include <optional>
#include <string>
#include <vector>

namespace ke {

/// Sizes told apart by limits, and who is best in each class.
struct Classes {
  std::vector<std::string> axes;  // parameters of the entry whose product is the size
  std::vector<int64_t> limits;    // ascending: class i holds the sizes up to limits[i], the last one the rest
  std::vector<size_t> peers;      // the best of each class
  double speedup = 1;             // over the baseline, if every workload keeps what it was measured with
  double gap = 1;                 // between the sizes on both sides of a limit, as a factor: the narrowest
};

/// Divisions of the workloads into two or three classes by size, the best first. None where no division
/// gains more than the noise over the best single peer. `entry`: the function whose parameters say the size.
std::vector<Classes> divide_by_size(const Operator& op, const Function& entry,
                                    const std::vector<const Node*>& peers);

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
