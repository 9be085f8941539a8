// SPDX-License-Identifier: MIT
// Why is it as fast as it is, how much is left, and what to try next: roofline (Williams et al. 2009) on
// measured ceilings and analytic work, without hardware counters.
#pragma once

#include "ke-build/base/result.h"
#include "ke-build/evaluate/ceilings.h"
#include "ke-build/model/evaluation.h"
#include "ke-build/model/operator.h"

#include <string>

namespace ke {

/// Analytic work of one call.
struct Work {
  double bytes = 0;        // cost.bytes, or every argument once (in-place ones twice)
  double flops = 0;        // cost.flops; 0 when unknown
  double working_set = 0;  // bytes of all arguments
  bool flops_known = false, bytes_declared = false;
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
Result<Diagnosis> diagnose(const Operator& op, const Axes& axes, const Measured& measured,
                           const Ceilings& ceilings);

}  // namespace ke
