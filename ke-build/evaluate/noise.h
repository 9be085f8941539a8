// SPDX-License-Identifier: MIT
// What can this machine tell apart? Equal versions are measured against each other; from those samples
// follows how large a difference must be to be found, in how many pairs.
#pragma once

#include "ke-build/evaluate/judge_state.h"

#include <string>
#include <vector>

namespace ke {

struct NoiseSamples {
  std::string kernel;
  double call_s = 0;                          // of one call
  double pair_s = 0;                          // wall time of one pair, checks and launches included
  std::vector<std::vector<double>> launches;  // ln(a / b) of every pair, by launch of both processes
};

/// One of noise_kernels() against itself for about `seconds`. ERRORS: as Evaluator::open.
Result<NoiseSamples> measure_noise(const std::string& kernel, const EvaluateOptions& options, double seconds);

/// What a rule would have said to samples like these, had one side been faster by `effect` (0.02 is 2 %).
struct Detection {
  double effect = 0;
  double found = 0, wrong = 0;    // share of trials called faster, and slower
  double pairs = 0, seconds = 0;  // median of those that were found
};
/// Trials draw launches with replacement and turn each around by a fair coin, because its order is one.
Detection detection(const NoiseSamples& samples, const DecisionRule& rule, double effect, int trials,
                    Random& random);

/// The smallest of 0.5, 1, 2, 3, 5, 10, 20, 50 % that is found in 95 % of trials; 0 when none is.
double minimum_detectable_effect(const NoiseSamples& samples, const DecisionRule& rule, int trials,
                                 Random& random);

}  // namespace ke
