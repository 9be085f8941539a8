// SPDX-License-Identifier: MIT
#include "ke-build/base/text.h"
#include "ke-build/commands/command.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace ke {

void add_search_flags(CLI::App& app, SearchFlags& flags) {
  app.add_option("--budget", flags.budget,
                 "wall clock of one operator's search, e.g. 60s, 5m (default 60s; 0: no cap)");
  app.add_option("--evaluations", flags.evaluations, "its evaluations (0: no cap)");
  app.add_option("--device-seconds", flags.device_seconds,
                 "time in which the measured device is busy: timed calls, reference and checks (0: no cap)");
  app.add_option("--policy", flags.policy, join_texts(policy_names(), ", ") + " (default uct)");
  app.add_option("--clean-slate", flags.clean_slate,
                 "share of expansions that see nothing of what was learned before, 0 to 1 (default 0.2)");
  app.add_option("--target", flags.target, "stop at this confirmed speed-up (0: none)");
  app.add_option("--stall", flags.stall,
                 "stop after so many evaluations without progress, and after as many as it took to get there "
                 "(default 60)");
  app.add_option(
         "--without", flags.without,
         "leave out kinds of moves, `learned` (the model of moves) or `memory`, e.g. rewrites,learned")
      ->delimiter(',');
}

Result<> read_search_flags(const SearchFlags& flags, SearchOptions& options) {
  KE_TRY(options.budget.seconds, seconds_from(flags.budget));
  KE_TRY(options.budget.device_s, seconds_from(flags.device_seconds));
  options.budget.evaluations = flags.evaluations;
  KE_DO(check_policy(flags.policy));
  options.policy = flags.policy;
  options.clean_slate = flags.clean_slate;
  options.target = flags.target;
  options.stall = flags.stall;
  options.without = flags.without;
  KE_DO(check_parts(options));
  if (flags.evaluations < 0 || flags.stall < 1) {
    return Error{ErrorCode::usage,
                 fmt::format("--evaluations {} --stall {}: expected no negative number and at least 1",
                             flags.evaluations, flags.stall)};
  }
  if (!(flags.clean_slate >= 0 && flags.clean_slate <= 1)) {
    return Error{
        ErrorCode::usage,
        fmt::format("--clean-slate {}: expected a share from 0 (never) to 1 (always)", flags.clean_slate)};
  }
  const Budget& budget = options.budget;
  if (budget.seconds == 0 && budget.evaluations == 0 && budget.device_s == 0) {
    return Error{ErrorCode::usage,
                 "a search needs a budget: give --budget, --evaluations or --device-seconds"};
  }
  return ok();
}

}  // namespace ke
