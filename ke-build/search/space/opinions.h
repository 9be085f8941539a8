// SPDX-License-Identifier: MIT
// How an opinion of an earlier search (prior.h) compares with what was measured here.
#pragma once

#include "ke-build/search/space/history.h"

#include <functional>
#include <vector>

namespace ke {

/// Of every configuration of an enumerated space, in the order of Space::all(): less is better.
using Opinion = std::vector<float>;

/// What it says of one configuration. REQUIRES: a legal one.
double said_of(const Space& space, const Opinion& opinion, Configuration configuration);

/// Pairs of answers that the opinion ranks as they were measured, failures last; two failures are no pair.
struct Concordance {
  double agree = 0, disagree = 0;  // the opinion knows no difference: neither
};
Concordance concordance(const Space& space, const History& history, const Opinion& opinion);
/// Kendall's rank correlation in standard errors of its distribution where nothing is correlated (Kendall
/// 1938): 2.3 is exceeded by chance once in a hundred.
double surprise(const Concordance& concordance, size_t answers);

/// Expected log cost = offset + slope * opinion: least squares over the successes with a ridge around a slope
/// of `typical`, which counts as much as samples with that sum of squares. Never falls. REQUIRES: a success.
std::function<double(Configuration)> fitted(const Space& space, const History& history,
                                            const Opinion& opinion, double typical, double ridge);

}  // namespace ke
