// SPDX-License-Identifier: MIT
// Inputs with known answers, prepared before anything is timed.
#pragma once

#include "ke-build/evaluate/evaluate.h"
#include "ke-build/evaluate/reference.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace ke {

struct Case {
  InputStyle style = InputStyle::typical;
  Inputs inputs;
  CheckPlan plan;
  // Near-copies share the number of what they were made from; 0: it has none.
  uint64_t family = 0;
  bool copied = false;
  // Arguments with the contents of others, first and second of each pair, so that they can be one array.
  std::vector<std::pair<int, int>> tied = {};
};

/// Cases up to this size come in every style, with everything that the check wants to know of them.
constexpr int64_t kCheapBytes = 1 << 20;

/// All cases of one shape: a declared workload, or a hidden one.
struct Pool {
  std::string name;
  Axes axes;
  std::map<std::string, double> scalars;
  double weight = 1;
  std::vector<Case> cases;
  double call_s = 0;                          // of the baseline, once it is known
  double overhead_s = 0, overhead_cpu_s = 0;  // of a hand-shake
  int batch = 1;                              // calls between two time stamps
};

/// `count` cases more, but for those that are no evidence (CheckPlan). ERRORS: as draw_inputs and
/// ReferenceProgram.
Result<> add_cases(Pool& pool, ReferenceProgram& reference, InputStyle style, int count, Random& random);

/// A copy of `original` with one element changed, so that the output has to change with it: who recognises
/// inputs by a few of their elements answers wrongly. Adds nothing where no change of one element shows.
Result<> add_near_copy(Pool& pool, ReferenceProgram& reference, size_t original, Random& random);

/// Typical cases until there are `sets`, or until memory or time runs out (options.pool_bytes, pool_s); never
/// fewer than three. Of 32 sets one is a near-copy of another.
Result<> fill_pool(Pool& pool, ReferenceProgram& reference, int sets, const EvaluateOptions& options,
                   Random& random);

/// Small awkward shapes inside the declared ranges, each with the typical style and some of the others, so
/// that every legal style is used. Stops early when the reference is slow; at least three shapes, if there
/// are so many.
Result<std::vector<Pool>> make_hidden(ReferenceProgram& reference, int shapes, double budget_s,
                                      Random& random);

/// Every workload's own shape with inputs of other styles, and shapes between the hidden and the announced
/// ones: what is right on typical inputs of an announced shape must be right for more than that. Leaves out
/// what is too slow or too large. The caller drops what the baseline itself does not accept.
Result<std::vector<Pool>> make_uncommon(ReferenceProgram& reference, double budget_s, Random& random);

/// What the first exam leaves out because it is dear, for workloads that are not small: the remaining styles
/// at the announced shape, and shapes a little shorter. As much as `budget_s` allows.
Result<std::vector<Pool>> make_thorough(ReferenceProgram& reference, double budget_s, Random& random);

}  // namespace ke
