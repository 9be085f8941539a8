// SPDX-License-Identifier: MIT
#include "ke-build/base/files.h"
#include "ke-build/base/log.h"
#include "ke-build/base/text.h"
#include "ke-ci/commands.h"
#include "ke-ci/gate/measure.h"
#include "ke-ci/gate/summary.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cstdio>
#include <memory>

namespace ke {
namespace {

struct GateArguments {
  std::string base, on_inconclusive = "neutral", summary, timeout = "5m";
  std::vector<std::string> operators;
  bool all = false;
  double min_effect = 0.03, alpha = 0.01;
};

Result<GateOptions> options_of(const Project& project, const SharedOptions& shared,
                               const GateArguments& options) {
  GateOptions gate;
  gate.policy.min_effect = options.min_effect;
  gate.alpha = options.alpha;
  const std::vector<std::string> words = {"pass", "neutral", "fail"};
  if (options.on_inconclusive == "pass")
    gate.policy.on_inconclusive = OnInconclusive::pass;
  else if (options.on_inconclusive == "fail")
    gate.policy.on_inconclusive = OnInconclusive::fail;
  else if (options.on_inconclusive != "neutral") {
    return Error{ErrorCode::usage,
                 fmt::format("--on-inconclusive: unknown '{}'{}; expected pass, neutral or fail",
                             options.on_inconclusive, suggestion(options.on_inconclusive, words))};
  }
  if (!(options.min_effect > 0 && options.min_effect < 1))
    return Error{ErrorCode::usage, "--min-effect: expected a share between 0 and 1, e.g. 0.03"};
  if (!(options.alpha > 0 && options.alpha < 0.5))
    return Error{ErrorCode::usage, "--alpha: expected an error rate between 0 and 0.5, e.g. 0.01"};
  KE_TRY(gate.operator_timeout_s, seconds_from(options.timeout));
  gate.evaluate = pipeline_options(project, shared).evaluate;
  gate.scratch = join(project.build_dir, "ke/gate");
  return gate;
}

/// Operators that the range affects; --all and names overrule detection.
Result<std::vector<Registration>> selected(const Project& project, const GateArguments& options,
                                           const SharedOptions& shared) {
  if (options.all || !options.operators.empty()) return select_operators(project, options.operators);
  KE_TRY(const auto change, detect(project, {options.base, "", join(project.build_dir, "ke/detect.cache")}));
  std::vector<Registration> registrations;
  for (const OperatorChange& op : change.operators) {
    if (shared.explain)
      log_info(fmt::format("{}: {}", op.affected ? "affected" : "unaffected", reason_text(op)));
    if (!op.affected) continue;
    auto registration = find_registration(project, op.name);
    if (registration)
      registrations.push_back(*std::move(registration));
    else
      log_info(reason_text(op) + ": nothing is left to compare");
  }
  return registrations;
}

}  // namespace

Action attach_gate(CLI::App& app, SharedOptions& shared) {
  auto options = std::make_shared<GateArguments>();
  app.add_option("--base", options->base, "revision to compare with (the merge base counts)")->required();
  app.add_option("--operators", options->operators, "only these, comma separated")->delimiter(',');
  app.add_flag("--all", options->all, "all operators, not only those that detection finds affected");
  app.add_option("--min-effect", options->min_effect, "slowdown that is accepted, as a share (default 0.03)");
  app.add_option("--alpha", options->alpha, "error rate of the whole gate (default 0.01)");
  app.add_option("--on-inconclusive", options->on_inconclusive,
                 "pass, neutral (exit 6, the default) or fail");
  app.add_option("--timeout", options->timeout, "wall clock for measuring one operator (default 5m)");
  app.add_option("--summary", options->summary, "write a Markdown summary to this file");
  return [options, &shared]() -> Result<int> {
    KE_TRY(const Project project, open_shared_project(shared));
    KE_TRY(const auto gate_with, options_of(project, shared, *options));
    KE_TRY(Sides sides, find_sides(project, options->base));
    KE_TRY(const auto registrations, selected(project, *options, shared));
    if (shared.dry_run) {
      for (const Registration& registration : registrations) log_info("would compare: " + registration.name);
      return 0;
    }
    std::vector<GateMeasurement> measurements;
    if (!registrations.empty()) {
      auto lock = FileLock::acquire(join(project.build_dir, "ke/run.lock"), 1);
      if (!lock) return std::move(lock).error().note("another ke-ci works in this build folder");
      KE_DO(build_sides(sides, project, gate_with.scratch, gate_with.build_timeout_s));
      KE_TRY(measurements, measure_operators(sides, registrations, gate_with));
      remove_scratch(gate_with.scratch);
    }
    const GateDecision decision = gate(measurements, gate_with.policy);
    end_progress();
    std::fputs(gate_text(decision).c_str(), stderr);
    if (!options->summary.empty()) KE_DO(write_file(options->summary, gate_markdown(decision, sides)));
    if (shared.json) KE_DO(print_json(gate_json(decision, sides, gate_with.policy)));
    return decision.exit_code;
  };
}

}  // namespace ke
