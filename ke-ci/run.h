// SPDX-License-Identifier: MIT
// The tour of the whole house: detect, search (which evaluates), learn, propose, report.
#pragma once

#include "ke-build/pipeline.h"
#include "ke-ci/journal.h"
#include "ke-ci/propose/propose.h"

#include <string>
#include <vector>

namespace ke {

struct RunOptions {
  std::string base;
  std::vector<std::string> operators;  // empty: all that changed
  size_t max_operators = 0;            // 0: no limit
  std::string report_dir;
  PipelineOptions pipeline;
  ProposeOptions propose;
};

struct RunResult {
  std::string id;  // of this run
  Change change;
  std::vector<RunEntry> entries;     // one per changed operator that was worked on
  std::vector<std::string> skipped;  // changed, but beyond max_operators
  std::string index;                 // path of the report over all
  double geomean_speedup = 1;        // over the proposed ones
  double seconds = 0;
};

/// Which operators would be worked on, in order. ERRORS: as detect(); not_found for an unknown name in
/// `operators`.
Result<RunResult> plan_run(const Project& project, const RunOptions& options);
/// Works through the plan. What goes wrong with one operator becomes its entry. ERRORS: conflict (another run
/// in this build folder), io.
Result<RunResult> execute_run(const Project& project, const RunOptions& options, Forge* forge);

}  // namespace ke
