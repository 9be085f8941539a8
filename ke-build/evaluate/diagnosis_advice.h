// SPDX-License-Identifier: MIT
// What to try next, from the bound class and the structure of the operator. Internal to diagnosis.cpp.
#pragma once

#include "ke-build/evaluate/diagnosis.h"

#include <string>
#include <vector>

namespace ke {

/// What diagnose() worked out on the way.
struct DiagnosisFacts {
  double memory_share = 0, compute_share = 0;  // of the ceilings
  std::string bandwidth_name, peak_name, level;
  double scalar_share = 0;  // flop rate over that of scalar multiply-adds; 0 when unknown
  double without_memory = 0, without_arithmetic = 0;  // most that removing either gains; 0 when unknown
};

/// The three most promising things, best first.
std::vector<std::string> advice_for(const Operator& op, const Axes& axes, const Work& work,
                                    const Measured& measured, const Diagnosis& diagnosis,
                                    const DiagnosisFacts& facts);
/// What would prove the class wrong; `next` is the differential run that tells.
std::string falsification(Bound bound, const std::string& next);

}  // namespace ke
