// SPDX-License-Identifier: MIT
// The space search on recorded spaces: every run answers its questions from the table, so thousands of
// searches take seconds. Failed configurations cost an evaluation like any other.
#pragma once

#include "ke-build/base/stats.h"
#include "ke-build/search/space/recording.h"
#include "ke-build/search/space/reference.h"
#include "ke-build/search/space/space_search.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace ke {

/// What is known before a search begins.
enum class Warm {
  none,     // nothing
  devices,  // recordings of the same kernel on all other devices
  kernels   // recordings of all other kernels
};
/// ERRORS: usage, with the nearest name.
Result<Warm> warm_named(const std::string& name);

struct RecordedBenchOptions {
  std::vector<int64_t> budgets = {20, 50, 100, 200};  // evaluations
  int seeds = 30;                                     // runs per space
  uint64_t seed = 1;
  SpacePolicy policy = SpacePolicy::model;
  Warm warm = Warm::none;
  std::vector<std::string> only = {};  // spaces to search, empty: all; the others are known all the same
  int threads = 1;
  std::function<void(int done, int total)> on_progress;  // called by one thread at a time
};

/// A warm search beside the cold one with the same seed.
struct Paired {
  double cold = 0,
         difference = 0;  // mean quality of the cold searches, and how much better the warm ones are
  Interval interval;      // 95 % of the mean difference
};

struct RecordedRow {
  std::string space, track;  // track: cold, warm-devices, warm-kernels
  int64_t budget = 0;
  size_t sources = 0;  // recordings that were known before
  double quality = 0;  // optimum / best found, mean over the runs; a run without any success counts 0
  double p_score =
      0;  // (R - mean best) / (R - optimum), R: exact expectation of random search (Willemsen et al.)
  std::vector<double> qualities = {};  // per run, in the order of the seeds
  std::optional<Paired> paired = {};   // of a warm track; bootstrap over the runs
};

struct RecordedMean {
  int64_t budget = 0;
  double quality = 0, p_score = 0;
  Interval interval;                  // 95 % of the mean quality, bootstrap over spaces
  std::optional<Paired> paired = {};  // of a warm track; bootstrap over spaces
};

/// The difference to the reference's best strategy at this budget, on the spaces that both know.
struct RecordedDuel {
  int64_t budget = 0;
  std::string strategy;
  size_t spaces = 0, wins = 0;
  double quality = 0, reference = 0, p_score = 0, reference_p = 0;
  double difference = 0;
  Interval interval;  // 95 % of the mean paired difference in quality, bootstrap over spaces
};

struct RecordedBench {
  std::vector<RecordedRow> rows;  // by space, then budget
  std::vector<RecordedMean> means;
  double step_ms = 0;  // time of the engine per evaluation, mean
};

/// A warm track also runs the cold one. ERRORS: usage, when `only` names a space that is not there.
Result<RecordedBench> bench_recorded(const std::vector<Recording>& recordings,
                                     const RecordedBenchOptions& options);
/// One row per budget for which the reference has a strategy that ran on every shared space.
std::vector<RecordedDuel> duel(const std::vector<RecordedRow>& rows, const ReferenceTable& reference);

/// Exact expectation of the best of `n` draws without replacement, where failures are drawn too; given that
/// at least one draw succeeds. E[min] = sum of t_i P(t_i is the best), P(best is after i) = C(N-i, n) / C(N,
/// n).
double random_search_ms(const Recording& recording, int64_t n);

}  // namespace ke
