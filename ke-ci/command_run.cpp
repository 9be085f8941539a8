// SPDX-License-Identifier: MIT
#include "ke-build/base/files.h"
#include "ke-build/base/log.h"
#include "ke-build/base/text.h"
#include "ke-build/commands/session_text.h"
#include "ke-build/model/codec.h"
#include "ke-ci/commands.h"
#include "ke-ci/run.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <memory>

namespace ke {
namespace {

struct RunArguments {
  std::string base, report;
  std::vector<std::string> operators;
  size_t max_operators = 0;
  SearchFlags search;
  ProposeFlags propose;
};

Result<RunOptions> options_of(const Project& project, const SharedOptions& shared,
                              const RunArguments& options) {
  RunOptions run;
  run.base = options.base;
  run.operators = options.operators;
  run.max_operators = options.max_operators;
  run.report_dir = canonical(options.report.empty() ? join(project.build_dir, "ke/report") : options.report);
  run.pipeline = pipeline_options(project, shared);
  KE_DO(read_search_flags(options.search, run.pipeline.search));
  run.pipeline.search.on_progress = [](const SearchProgress& progress) {
    log_progress(fmt::format("{}: {} evaluations, best {:.2f}x, {:.0f} of {:.0f} s, {}", progress.op,
                             progress.evaluations, progress.best, progress.elapsed_s, progress.budget_s,
                             progress.doing));
  };
  KE_TRY(run.propose, propose_options(project, shared, options.propose));
  return run;
}

size_t proposed_count(const RunResult& result) {
  return static_cast<size_t>(std::count_if(result.entries.begin(), result.entries.end(), is_success));
}

Json json_of(const RunResult& result) {
  Json operators = Json::array(), proposals = Json::array(), others = Json::array(), sessions = Json::array(),
       branches = Json::array();
  for (const RunEntry& entry : result.entries) {
    operators.push_back({{"operator", entry.op}, {"reason", entry.reason}, {"state", entry.state}});
    (is_success(entry) ? proposals : others).push_back(to_json(entry));
    if (!entry.session.empty()) sessions.push_back(entry.session);
    if (!entry.branch.empty() && is_success(entry)) branches.push_back(entry.branch);
  }
  Json document = {{"version", kCodecVersion}, {"run", result.id}};
  document["base"] = result.change.base;
  document["head"] = result.change.head;
  document["changed"] = result.entries.size() + result.skipped.size();
  document["proposed"] = proposals.size();
  document["geomean_speedup"] = result.geomean_speedup;
  document["operators"] = operators;
  document["proposals"] = proposals;
  document["not_proposed"] = others;
  document["skipped"] = result.skipped;
  document["sessions"] = sessions;
  document["branches"] = branches;
  document["report"] = result.index;
  document["seconds"] = result.seconds;
  return document;
}

std::string table_of(const RunResult& result) {
  size_t width = 8;
  for (const RunEntry& entry : result.entries) width = std::max(width, entry.op.size());
  std::string text;
  for (const RunEntry& entry : result.entries) {
    const std::string figure = entry.speedup > 0 ? ratio_text(entry.speedup, entry.low, entry.high) : "";
    const std::string ceiling =
        entry.efficiency > 0 ? fmt::format("{:.0f} % of ceiling", entry.efficiency * 100) : "";
    text +=
        trim(fmt::format("{:<{}}  {:<10}  {:<22}  {:<15}  {}", entry.op, width, entry.state, figure, ceiling,
                         entry.branch.empty() ? split(entry.note, '\n').front() : entry.branch)) +
        "\n";
  }
  for (const std::string& op : result.skipped)
    text += fmt::format("{:<{}}  left for the next run (--max-operators)\n", op, width);
  return text;
}

/// 0 when something was proposed or nothing changed; else the best reason why not.
int exit_code_of(const RunResult& result) {
  if (result.entries.empty() || proposed_count(result) > 0) return 0;
  const auto any = [&](const char* state) {
    return std::any_of(result.entries.begin(), result.entries.end(),
                       [&](const RunEntry& entry) { return entry.state == state; });
  };
  if (any("failed")) return exit_code(ErrorCode::tool);
  if (any("held back")) return 0;
  return any("rejected") ? 1 : exit_code(ErrorCode::budget);
}

void say_unchanged(const RunResult& result) {
  if (!result.entries.empty() || !result.skipped.empty()) return;
  log_info(fmt::format(
      "{}..{} changes no operator that is declared: nothing to do (`ke-build detect --explain` says why)",
      result.change.base.substr(0, 10), result.change.head.substr(0, 10)));
}

Result<int> print_plan(const RunResult& plan, const SharedOptions& shared) {
  for (const RunEntry& entry : plan.entries) log_info("would search: " + entry.reason);
  for (const std::string& op : plan.skipped) log_info("would leave for the next run: " + op);
  say_unchanged(plan);
  if (shared.json) KE_DO(print_json(json_of(plan)));
  return 0;
}

}  // namespace

Action attach_run(CLI::App& app, SharedOptions& shared) {
  auto options = std::make_shared<RunArguments>();
  app.add_option("--base", options->base, "revision to compare with (the merge base counts)")->required();
  add_search_flags(app, options->search);
  app.add_option("--operators", options->operators, "only these, comma separated")->delimiter(',');
  app.add_option("--max-operators", options->max_operators,
                 "at most this many; the others wait for the next run (0: no limit)");
  app.add_option("--report", options->report, "folder of the HTML reports (default <build>/ke/report)");
  add_propose_flags(app, options->propose);
  return [options, &shared]() -> Result<int> {
    KE_TRY(const Project project, open_shared_project(shared));
    KE_TRY(const auto run, options_of(project, shared, *options));
    KE_TRY(const auto forge, forge_of(options->propose));
    if (shared.dry_run) {
      KE_TRY(const auto plan, plan_run(project, run));
      return print_plan(plan, shared);
    }
    KE_TRY(const auto result, execute_run(project, run, forge.get()));
    if (shared.explain) {
      for (const std::string& note : result.change.notes) log_info("note: " + note);
    }
    Ledger ledger;
    for (const RunEntry& entry : result.entries) ledger += entry.ledger;
    if (!result.entries.empty()) log_info(trim(table_of(result)));
    if (!result.entries.empty()) log_info("searches: " + ledger_text(ledger));
    say_unchanged(result);
    log_info("report: " + result.index);
    if (shared.json)
      KE_DO(print_json(json_of(result)));
    else
      KE_DO(print_text(fmt::format("changed={} proposed={} geomean_speedup={:.2f} session={}\n",
                                   result.entries.size() + result.skipped.size(), proposed_count(result),
                                   result.geomean_speedup, result.id)));
    return exit_code_of(result);
  };
}

}  // namespace ke
