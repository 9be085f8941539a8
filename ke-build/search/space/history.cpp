// SPDX-License-Identifier: MIT
#include "ke-build/search/space/history.h"

#include "ke-build/base/result.h"

#include <algorithm>
#include <cmath>

namespace ke {

void History::add(Configuration configuration, std::optional<double> cost) {
  const bool succeeded = cost.has_value() && *cost > 0 && std::isfinite(*cost);
  known_.insert(configuration);
  told_.push_back({configuration, succeeded, succeeded ? std::log(*cost) : 0});
  ++stale_;
  if (!succeeded) return;
  // Equal costs keep their order: the first to reach a cost stays ahead.
  const auto place =
      std::upper_bound(ranked_.begin(), ranked_.end(), told_.back().log_cost,
                       [&](double log_cost, size_t i) { return log_cost < told_[i].log_cost; });
  if (place == ranked_.begin()) stale_ = 0;
  ranked_.insert(place, told_.size() - 1);
}

}  // namespace ke
