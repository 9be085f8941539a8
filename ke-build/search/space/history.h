// SPDX-License-Identifier: MIT
// What a space search was told so far.
#pragma once

#include "ke-build/search/space/space.h"

#include <optional>
#include <unordered_set>
#include <vector>

namespace ke {

struct Told {
  Configuration configuration = 0;
  bool succeeded = false;
  double log_cost = 0;
};

class History {
 public:
  void add(Configuration configuration, std::optional<double> cost);

  bool knows(Configuration configuration) const { return known_.count(configuration) != 0; }
  size_t size() const { return told_.size(); }
  const std::vector<Told>& told() const { return told_; }
  /// Indices of the successes, best first.
  const std::vector<size_t>& ranked() const { return ranked_; }
  /// REQUIRES: a success.
  const Told& best() const { return told_[ranked_.front()]; }
  /// Answers since the last one that improved on the best.
  size_t stale() const { return stale_; }

 private:
  std::vector<Told> told_;
  std::unordered_set<Configuration> known_;
  std::vector<size_t> ranked_;
  size_t stale_ = 0;
};

}  // namespace ke
