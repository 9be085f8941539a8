// SPDX-License-Identifier: MIT
// The bench rung: candidate against baseline in randomised pairs, both alive, one running at a time. Check
// and timing are the same calls, and within one process no set of inputs is ever shown twice, so that nothing
// can be remembered.
#pragma once

#include "ke-build/base/decision.h"
#include "ke-build/evaluate/verify.h"

#include <optional>
#include <string>
#include <vector>

namespace ke {

struct BenchOptions {
  DecisionRule rule;
  double wall_s = 10;      // of everything but waiting for the lock; counts like `budget_s`
  double budget_s = 0.25;  // of timed calls; at least `minimum_pairs` are made whatever they cost
  int useful_units = 0;  // up to so many pairs or blocks (the rule's unit): fewer could not decide anything,
  double patience = 4;   // so while they are missing both limits are longer by this factor
  double block_s = 0.1;  // timed seconds after which a block (a launch of both processes) ends
  int pairs_per_block = 0;  // at most; 0: as many as there are inputs
  int minimum_pairs = 3;
  double hopeless = 3;    // the first pairs all slower by this factor: stop
  std::string lock_path;  // measure.lock
  double lock_timeout_s = 600;
  bool same_bits = false;  // the same inputs must give the same bits in every timed call
  bool luck = false;       // what is found faster is started more often, in case that some processes are slow
  const Deadline* deadline = nullptr;
  std::vector<std::string> mandatory_layers;
};

/// Seconds per call of the two sides of one pair.
struct TimedPair {
  double baseline_s = 0, candidate_s = 0;
  double log_ratio() const;
};

struct BenchResult {
  Speedup speedup;                 // weight and verdict included
  std::optional<Finding> finding;  // wrong, crashed, ... on the way; then speedup means nothing
  bool noninferior = false;        // not slower by more than the margin, at the stated error rate
  double lock_wait_s = 0;
  std::vector<std::vector<TimedPair>> launches;  // every pair, by launch, in the order of measurement
};

/// Adds what it spent to ledger.timed_s (launches and timed calls) and ledger.check_s (inputs, poison,
/// comparisons). ERRORS: sandbox, lock; a baseline that fails here is an Error(tool), because nothing can be
/// measured against it.
Result<BenchResult> bench(const Operator& op, const Pool& pool, const Program& baseline,
                          const Program& candidate, const BenchOptions& options, Ledger& ledger);

/// Median seconds of one call (hand-shake subtracted) and the hand-shake, from a few calls; sets pool.call_s,
/// pool.overhead_s and pool.batch. `spare` is the factor by which a candidate may be faster before its own
/// batches become too short to be timed.
Result<> calibrate(const Operator& op, Pool& pool, const Program& baseline, double spare,
                   const BenchOptions& options, Ledger& ledger);

/// The judge may spin while it waits when one of the cores that it may use is left over for it.
bool may_spin(const Operator& op, const Pool& pool);

}  // namespace ke
