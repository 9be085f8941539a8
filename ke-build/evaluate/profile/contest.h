// SPDX-License-Identifier: MIT
// Times several programs against the first of them: interleaved rounds in random order, fresh launches,
// nothing is checked. The differential runs of the diagnosis are contestants here.
#pragma once

#include "ke-build/evaluate/inputs.h"
#include "ke-build/evaluate/launch.h"
#include "ke-build/evaluate/profile/verdict.h"
#include "ke-build/model/evaluation.h"

#include <string>
#include <vector>

namespace ke {

struct Contestant {
  std::string name;  // of the experiment
  Operator op;       // its contract.threads is what the runner gets
  Axes axes;
  Program program;
  std::vector<const Inputs*> inputs;  // legal ones for op and axes, at least one; they outlive the contest
  bool tiled = false;                 // LaunchOptions::tiled
  bool warm = false;  // called once untimed on the same data just before; otherwise the judge just wrote them
  int batch = 0;      // calls between two time stamps; 0: as many as make a time stamp negligible
};

/// Median and order statistics of `logs`, exponentiated. Fewer than six values: the interval is their range.
Ratio ratio_of(std::vector<double> logs);

struct Standing {
  double seconds = 0;     // median of one call, hand-shake taken off
  Ratio ratio;            // its time over the first contestant's
  double overhead_s = 0;  // of the hand-shake, per call
  std::string failure;    // why it has no time; empty when it has
};

struct ContestOptions {
  std::string lock_path;  // measure.lock
  double lock_timeout_s = 600;
  double budget_s = 0.5;  // wall time of all rounds together, after the least number of rounds
  int least_rounds = 6, most_rounds = 30;  // slow contestants: at least one round per launch
  int launches = 3;
  std::vector<std::string> mandatory_layers;
};

/// One standing per contestant, in order. A contestant that crashes, hangs or cannot be laid out has a
/// failure; without the first nothing can be compared and all have. Adds to ledger.timed_s. ERRORS: sandbox,
/// lock, io.
Result<std::vector<Standing>> contest(const std::vector<Contestant>& contestants,
                                      const ContestOptions& options, Ledger& ledger);

}  // namespace ke
