// SPDX-License-Identifier: MIT
// Shows a winner to humans: applied to a clean clone, built and tested by the project's own commands,
// measured again there, and only then committed to the operator's branch and opened as a pull request.
#pragma once

#include "ke-build/evaluate/evaluate.h"
#include "ke-build/project/project.h"
#include "ke-build/store/store.h"
#include "ke-ci/propose/forge.h"
#include "ke-ci/report/data.h"

#include <memory>
#include <optional>
#include <string>

namespace ke {

struct ProposeOptions {
  std::string author = "KernelEvolve <noreply@kernelevolve.invalid>";
  std::string scratch_dir;      // clones live here; removed afterwards unless KE_KEEP_TEMP is set
  int max_open = 10;            // open pull requests of ours at a time; 0: no limit
  bool dry_run = false;         // validates, but pushes nothing
  bool retry_declined = false;  // a closed request does not stop a new one
  double build_timeout_s = 1800, test_timeout_s = 1800, measure_timeout_s = 300;
  EvaluateOptions evaluate;
};

struct ProposeInput {
  const Project& project;
  const Registration& registration;
  const Operator& op;
  ReportData report;  // of the session, with the winner's source, flags and tunables
};

enum class ProposalState {
  proposed,   // on its branch, pull request open or updated
  unchanged,  // the branch already holds exactly this
  validated,  // dry run, or no forge: all checks passed, nothing was pushed
  rejected,   // the clean clone said no; see reason
  held_back   // policy, limits, a declined request or a human's commits forbid it; see reason
};
const char* name_of(ProposalState state);

struct Proposal {
  ProposalState state = ProposalState::rejected;
  std::string reason;  // one sentence
  std::string branch, commit, url;
  ReportData report;  // now with the validation and the figures of the clean clone
};

/// `forge` may be null: validates only. ERRORS: the world failed (git, disk, forge); never "the candidate is
/// bad".
Result<Proposal> propose(ProposeInput input, Forge* forge, Store& store, const ProposeOptions& options);

}  // namespace ke
