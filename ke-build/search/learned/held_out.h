// SPDX-License-Identifier: MIT
// The model's own ablation test: does it order moves that it never saw better than the priors that their
// synthesizers state?
#pragma once

#include "ke-build/model/session.h"

#include <string>
#include <vector>

namespace ke {

/// Spearman's rank correlation, ties with their mean rank; 0 when one side is constant.
double rank_correlation(const std::vector<double>& left, const std::vector<double>& right);

/// A trial that was held out, with both predictions. Only moves on the same candidate are compared: which of
/// them was tried late is the search's doing, not theirs. Scores are averaged over groups (sessions or
/// families).
struct HeldOut {
  size_t group = 0, session = 0;
  int64_t parent = 0;
  double learned = 0, stated = 0;
  bool correct = false;
  double gain = 0;
};

struct HeldOutScore {
  size_t groups = 0;  // with enough moves to order
  double learned = 0, stated = 0;
  double better = 0, error = 0;  // mean difference over the groups and its standard error
  double saved = 0;              // sum over the groups of the mean loss that the model saves
};
HeldOutScore score(const std::vector<HeldOut>& trials);

/// On when the model orders better with 95 % confidence (one-sided, normal), on at least three groups. Fills
/// on and why.
void decide(LearnedNote& note, const HeldOutScore& score, const std::string& groups);

}  // namespace ke
