// SPDX-License-Identifier: MIT
#include "ke-build/base/log.h"
#include "ke-build/base/text.h"
#include "ke-build/commands/command.h"
#include "ke-build/commands/session_text.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <memory>

namespace ke {
namespace {

struct SearchArguments {
  std::string op, budget = "60s", policy = "uct";
  int64_t evaluations = 0;
  double target = 0;
  std::vector<std::string> synthesizers, without;
};

Result<PipelineOptions> options_of(const Project& project, const SharedOptions& shared,
                                   const SearchArguments& options) {
  PipelineOptions pipeline = pipeline_options(project, shared);
  KE_TRY(pipeline.search.budget.seconds, seconds_from(options.budget));
  pipeline.search.budget.evaluations = options.evaluations;
  pipeline.search.policy = options.policy;
  pipeline.search.target = options.target;
  pipeline.search.synthesizers = options.synthesizers;
  pipeline.search.without = options.without;
  pipeline.search.on_progress = show_progress;
  pipeline.explain_winner = true;
  return pipeline;
}

}  // namespace

void show_progress(const SearchProgress& progress) {
  log_progress(fmt::format("{}: {} evaluations, best {:.2f}x, {:.0f} of {:.0f} s, {}", progress.op,
                           progress.evaluations, progress.best, progress.elapsed_s, progress.budget_s,
                           progress.doing));
}

Action attach_search(CLI::App& app, SharedOptions& shared) {
  auto options = std::make_shared<SearchArguments>();
  app.add_option("operator", options->op, "name given to ke_add_operator()")->required();
  app.add_option("--budget", options->budget, "wall-clock budget, e.g. 60s, 5m (default 60s; 0: none)");
  app.add_option("--evaluations", options->evaluations, "budget in evaluations (0: none)");
  app.add_option("--policy", options->policy, "uct, greedy or random");
  app.add_option("--target", options->target, "stop at this confirmed speed-up");
  app.add_option("--synthesizers", options->synthesizers, "only these kinds of moves, e.g. flags,rewrite")
      ->delimiter(',');
  app.add_option(
         "--without", options->without,
         "leave out kinds of moves, `learned` (the model of moves) or `memory`, e.g. rewrites,learned")
      ->delimiter(',');
  return [options, &shared]() -> Result<int> {
    KE_TRY(const Project project, open_shared_project(shared));
    KE_TRY(const auto registration, find_registration(project, options->op));
    KE_TRY(const auto pipeline, options_of(project, shared, *options));
    if (pipeline.search.budget.seconds == 0 && pipeline.search.budget.evaluations == 0) {
      return Error{ErrorCode::usage, "a search needs a budget: give --budget or --evaluations"};
    }
    if (shared.dry_run) {
      KE_TRY(const auto bench, open_workbench(project, registration));
      log_info(fmt::format("would search {} ({} workloads) from {} for {}", bench.op.name,
                           bench.op.workloads.size(), bench.op.sources.front(), options->budget));
      log_info("it is compiled with: " + join_texts(bench.baseline.recipe.flags, " "));
      return 0;
    }
    KE_TRY(const auto outcome, run_session(project, registration, pipeline));
    end_progress();
    log_info(trim(session_text(outcome.result)));
    if (outcome.skill) log_info("learned: " + outcome.skill->name);
    if (shared.json) KE_DO(print_json(session_json(outcome.result)));
    return outcome.result.session.best != 0 ? 0 : exit_code(ErrorCode::budget);
  };
}

}  // namespace ke
