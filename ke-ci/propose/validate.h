// SPDX-License-Identifier: MIT
// The clean-clone rule: what the maintainer will get is what was measured.
#pragma once

#include "ke-build/model/candidate.h"
#include "ke-build/store/store.h"
#include "ke-ci/propose/build.h"
#include "ke-ci/propose/lock.h"
#include "ke-ci/propose/propose.h"

namespace ke {

struct ValidateInput {
  const Project& project;  // the user's
  const Registration& registration;
  std::string base;    // full commit id
  ReportData& report;  // in: the winner; out: source as proposed, validation, figures, lock contents
  const ProposeOptions& options;
};

struct Validated {
  bool passed = false;
  std::string reason;              // why not
  std::string folder;              // the clone, with all files written
  std::vector<std::string> paths;  // files of the proposal, relative to the clone
};

/// clone, apply, configure, build, test, measure, variants: stops at the first step that says no. ERRORS: the
/// world failed.
Result<Validated> validate(ValidateInput input);

/// The entry of ke.lock.json for the report's figures. Flags and defines that the repository has adopted
/// before stay.
LockEntry lock_entry(const ReportData& report, const Operator& op, const Candidate& winner,
                     const LockEntry* earlier);

}  // namespace ke
