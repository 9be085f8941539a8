// SPDX-License-Identifier: MIT
// Measures base against head, operator by operator, interleaved in one process tree on one device.
#pragma once

#include "ke-ci/gate/gate.h"
#include "ke-ci/gate/sides.h"

#include <vector>

namespace ke {

struct GateOptions {
  GatePolicy policy;
  EvaluateOptions evaluate;
  double alpha = 0.01;  // error rate of the whole gate; split over the operators that are measured
  double operator_timeout_s = 300;  // wall clock for one operator, both rounds
  double build_timeout_s = 600;
  std::string scratch;
};

/// One measurement per registration of `selected` (of the user's build). Operators with identical machine
/// code are not measured. What goes wrong with one operator becomes its note, not the end of the gate.
/// ERRORS: io.
Result<std::vector<GateMeasurement>> measure_operators(const Sides& sides,
                                                       const std::vector<Registration>& selected,
                                                       const GateOptions& options);

}  // namespace ke
