// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/patience.h"

#include "ke-build/base/stats.h"

#include <algorithm>

namespace ke {
namespace {

constexpr size_t kEnough = 8;  // durations; fewer say little about their tail
constexpr double kFactor = 10;

}  // namespace

void Patience::saw(double seconds) {
  const std::lock_guard<std::mutex> hold(mutex_);
  seconds_.push_back(seconds);
}

double Patience::deadline_s() const {
  const std::lock_guard<std::mutex> hold(mutex_);
  if (seconds_.size() < kEnough) return most_s_;
  return std::min(most_s_, std::max(least_s_, kFactor * quantile(seconds_, 0.95)));
}

}  // namespace ke
