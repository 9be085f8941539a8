// SPDX-License-Identifier: MIT
// Why is it as fast as it is, how much is left, and what to try next: roofline (Williams et al. 2009) on
// measured ceilings and analytic work, without hardware counters.
#pragma once

#include "ke-build/base/result.h"
#include "ke-build/evaluate/ceilings.h"
#include "ke-build/evaluate/profile/verdict.h"
#include "ke-build/model/evaluation.h"
#include "ke-build/model/operator.h"

#include <string>
#include <vector>

namespace ke {

/// Analytic work of one call.
struct Work {
  double bytes = 0;        // cost.bytes, or every argument once (in-place ones twice)
  double flops = 0;        // cost.flops; 0 when unknown
  double working_set = 0;  // bytes of all arguments
  bool flops_known = false, bytes_declared = false;
  double lookups = 0;  // elements of inputs that index a table
  bool gathers =
      false;  // some input is looked up by index: bytes are those of the rows looked up, at most all
  Dtype dtype = Dtype::f32;  // widest floating format, or i32 when there is none
};
/// ERRORS: usage for wrong expressions.
Result<Work> work_of(const Operator& op, const Axes& axes);

/// Nothing correct is faster: 0.95 * max(bytes through the hierarchy, flops / best peak). Each level serves
/// at its own bandwidth as many bytes as it holds, nearest first, since all of them may still lie there. Of
/// the declared flops 40 % count, since an algorithm may need fewer than the plain one (Winograd's 3x3
/// convolution 44 %); of the bytes only those of arguments that must be touched completely, not of tables
/// that an index looks up nor of what a mask selects, and never more than cost.bytes.
Result<double> physics_floor_s(const Operator& op, const Axes& axes, const Ceilings& ceilings, int threads);

struct Measured {
  std::string workload;
  double seconds = 0;          // median of one call, hand-shake already subtracted
  double call_overhead_s = 0;  // of an empty kernel
  int threads = 1;
  std::string isa;  // instruction set that the build may use; empty: the best of the machine
  bool fresh_inputs =
      true;  // the judge wrote them just before, from another core: no level inside L3 holds them
};
/// From the roofline alone: names memory, compute or launch where that ceiling is reached, and says `unknown`
/// below all of them. ERRORS: usage for wrong expressions.
Result<Diagnosis> diagnose(const Operator& op, const Axes& axes, const Measured& measured,
                           const Ceilings& ceilings);

/// What the analytic work and the ceilings contribute to differential runs: level, shares, lookups.
Result<Differentials> differentials_of(const Operator& op, const Axes& axes, const Measured& measured,
                                       const Ceilings& ceilings);
/// The roofline's figures with the class, detail and confidence that differential runs found.
Result<Diagnosis> diagnose(const Operator& op, const Axes& axes, const Measured& measured,
                           const Ceilings& ceilings, const Differentials& runs,
                           const std::vector<std::string>& witnesses);

}  // namespace ke
