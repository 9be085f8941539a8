// SPDX-License-Identifier: MIT
// The verbs of ke-ci, one file each; they share options and exit codes with ke-build. stdout is data, stderr
// is talk.
#pragma once

#include "ke-build/commands/command.h"
#include "ke-build/store/store.h"
#include "ke-ci/propose/propose.h"

namespace ke {

Action attach_run(CLI::App& app, SharedOptions& shared);
Action attach_propose(CLI::App& app, SharedOptions& shared);
Action attach_gate(CLI::App& app, SharedOptions& shared);
Action attach_report(CLI::App& app, SharedOptions& shared);

/// What `run` and `propose` are told about proposing.
struct ProposeFlags {
  std::string forge, author;
  int max_open = 10;
  bool retry_declined = false;
};
void add_propose_flags(CLI::App& app, ProposeFlags& flags);
/// ERRORS: usage (author).
Result<ProposeOptions> propose_options(const Project& project, const SharedOptions& shared,
                                       const ProposeFlags& flags);
/// nullptr when no forge was named. ERRORS: as make_forge().
Result<std::unique_ptr<Forge>> forge_of(const ProposeFlags& flags);

/// <build>/ke/store.db of a project. ERRORS: as Store::open().
Result<std::unique_ptr<Store>> open_store(const Project& project);

int run_ci_command_line(int argc, char** argv);

}  // namespace ke
