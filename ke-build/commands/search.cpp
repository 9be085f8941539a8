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
  std::string op;
  SearchFlags flags;
  std::vector<std::string> synthesizers;
};

Result<PipelineOptions> options_of(const Project& project, const SharedOptions& shared,
                                   const SearchArguments& options) {
  PipelineOptions pipeline = pipeline_options(project, shared);
  pipeline.search.synthesizers = options.synthesizers;
  KE_DO(read_search_flags(options.flags, pipeline.search));
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
  add_search_flags(app, options->flags);
  app.add_option("--synthesizers", options->synthesizers, "only these kinds of moves, e.g. flags,rewrite")
      ->delimiter(',');
  return [options, &shared]() -> Result<int> {
    KE_TRY(const Project project, open_shared_project(shared));
    KE_TRY(const auto registration, find_registration(project, options->op));
    KE_TRY(const auto pipeline, options_of(project, shared, *options));
    if (shared.dry_run) {
      KE_TRY(const auto bench, open_workbench(project, registration));
      log_info(fmt::format("would search {} ({} workload{}) from {} for {}", bench.op.name,
                           bench.op.workloads.size(), bench.op.workloads.size() == 1 ? "" : "s",
                           bench.op.sources.front(), options->flags.budget));
      log_info("it is compiled with: " + join_texts(bench.baseline.recipe.flags, " "));
      return 0;
    }
    KE_TRY(const auto outcome, run_session(project, registration, pipeline));
    if (shared.json) {
      end_progress();
      log_info(trim(session_text(outcome.result)));
      KE_DO(print_json(session_json(outcome.result)));
    } else {
      KE_DO(print_text(session_text(outcome.result)));
    }
    if (outcome.skill) log_info("learned: " + outcome.skill->name);
    return outcome.result.session.best != 0 ? 0 : exit_code(ErrorCode::budget);
  };
}

}  // namespace ke
