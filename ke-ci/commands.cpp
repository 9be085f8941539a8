// SPDX-License-Identifier: MIT
// The table of verbs, and what they share.
#include "ke-ci/commands.h"

#include "ke-build/base/files.h"
#include "ke-build/commands/command_line.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace ke {
namespace {

constexpr Verb kVerbs[] = {
    {"run", "detect, search, evaluate, learn and propose for every operator that BASE..HEAD changes",
     attach_run},
    {"propose", "validate winners in a clean clone and open a pull request for each", attach_propose},
    {"gate", "has an operator become slower since BASE", attach_gate},
    {"report", "a session as a self-contained HTML page", attach_report},
};

}  // namespace

void add_propose_flags(CLI::App& app, ProposeFlags& flags) {
  app.add_option("--forge", flags.forge,
                 "where pull requests go, e.g. local:/srv/project.git (default: nowhere)");
  app.add_option("--author", flags.author, "author of commits, \"Name <mail>\"");
  app.add_option("--max-open", flags.max_open, "open requests at a time (default 10; 0: no limit)")
      ->check(CLI::NonNegativeNumber);
  app.add_flag("--retry-declined", flags.retry_declined, "propose again what was closed before");
}

Result<ProposeOptions> propose_options(const Project& project, const SharedOptions& shared,
                                       const ProposeFlags& flags) {
  if (project.repository.empty()) {
    return Error{
        ErrorCode::usage,
        fmt::format("{} is not in a git repository: there is nothing to propose to", project.source_dir)};
  }
  ProposeOptions options;
  if (!flags.author.empty()) options.author = flags.author;
  options.max_open = flags.max_open;
  options.retry_declined = flags.retry_declined;
  options.dry_run = shared.dry_run;
  options.scratch_dir = join(project.build_dir, "ke/scratch");
  options.evaluate = pipeline_options(project, shared).evaluate;
  return options;
}

Result<std::unique_ptr<Forge>> forge_of(const ProposeFlags& flags) {
  if (flags.forge.empty()) return std::unique_ptr<Forge>();
  return make_forge(flags.forge);
}

Result<std::unique_ptr<Store>> open_store(const Project& project) {
  return Store::open(join(project.build_dir, "ke/store.db"));
}

int run_ci_command_line(int argc, char** argv) {
  return run_program(
      {"ke-ci",
       "KernelEvolve for repositories, the public side: proposes faster kernels and gates regressions.",
       kVerbs},
      argc, argv);
}

}  // namespace ke
