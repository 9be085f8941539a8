// SPDX-License-Identifier: MIT
#pragma once

#include <mutex>
#include <vector>

namespace ke {

/// How long to wait for one of many similar runs: until enough were seen as long as the owner allows, then
/// ten times the 95th percentile of their durations, but never less than `least_s`. One hung compiler then
/// costs seconds and not the whole deadline. Threads may share one.
class Patience {
 public:
  Patience(double most_s, double least_s) : most_s_(most_s), least_s_(least_s) {}
  void saw(double seconds);
  double deadline_s() const;

 private:
  const double most_s_, least_s_;
  mutable std::mutex mutex_;
  std::vector<double> seconds_;
};

}  // namespace ke
