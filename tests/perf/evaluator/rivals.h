// SPDX-License-Identifier: MIT
// What other rules would have said about the same samples.
#pragma once

#include "comparison.h"

#include <string>
#include <vector>

namespace ke {

/// What a rule said, and after how many of the pairs.
struct Answer {
  Outcome outcome = Outcome::noisy;
  int pairs = 0;
};

struct Rule {
  std::string name;
  Answer (*judge)(const Comparison&);
};

/// Ours as it decided, ours on other units and margins, then the usual ones: Mann-Whitney on two blocks and
/// on interleaved times, a paired t-test with a look after every pair, and five percent between medians.
std::vector<Rule> all_rules();

/// Two-sided p of the Mann-Whitney U test by its normal approximation with ties, and of Student's t.
double mann_whitney_p(const std::vector<double>& a, const std::vector<double>& b);
double student_p(double t, double degrees_of_freedom);

}  // namespace ke
