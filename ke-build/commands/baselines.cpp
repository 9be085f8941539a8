// SPDX-License-Identifier: MIT
// `check` and `bench` look at the operators as they are: opening an evaluator builds the kernel, proves it
// against its reference, proves that the test can fail, times it and says why it is as fast as it is.
#include "ke-build/base/log.h"
#include "ke-build/base/text.h"
#include "ke-build/commands/command.h"
#include "ke-build/commands/session_text.h"
#include "ke-build/model/codec.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <memory>

namespace ke {
namespace {

/// Baseline of one operator, or why it has none; a broken operator must not hide the others.
Json look_at(const Project& project, const Registration& registration, const SharedOptions& shared,
             std::string& text, bool timing) {
  Json row = {{"operator", registration.name}, {"ok", false}};
  const auto look = [&]() -> Result<Evaluation> {
    KE_TRY(const Workbench bench, open_workbench(project, registration));
    KE_TRY(auto evaluator,
           Evaluator::open(bench.op, bench.baseline, pipeline_options(project, shared).evaluate));
    Evaluation baseline = evaluator->baseline();
    if (timing) {
      ProfileOptions profile;
      if (!shared.explain) profile.runs = {"tile", "stream", "warm"};
      profile.seconds = shared.explain ? 1 : 0.3;
      KE_TRY(baseline.diagnoses, evaluator->profile(bench.baseline, profile));
    }
    return baseline;
  };
  const auto evaluation = look();
  if (!evaluation) {
    row["error"] = evaluation.error().message;
    text += fmt::format("{:<20} FAILED: {}\n", registration.name, evaluation.error().message);
    return row;
  }
  // Correct, but a test that wrong outputs pass proves nothing about candidates.
  const bool trusted = evaluation->outcome != Outcome::untrusted;
  row["ok"] = trusted;
  row["baseline"] = to_json(*evaluation);
  if (!trusted) {
    row["error"] = evaluation->reason;
    text += fmt::format("{:<20} FAILED: {}\n", registration.name, evaluation->reason);
    return row;
  }
  if (!timing) {
    text += fmt::format("{:<20} ok: {}\n", registration.name,
                        replace_all(evaluation->reason, "the baseline",
                                    "agrees with its reference, and wrong outputs are told apart"));
    return row;
  }
  for (size_t i = 0; i < evaluation->diagnoses.size(); ++i) {
    const Diagnosis& diagnosis = evaluation->diagnoses[i];
    const double seconds = diagnosis.floor_s * diagnosis.gain_left;
    text += fmt::format("{:<20} {:<14} {:>10}  {}, {}\n", i == 0 ? registration.name : "", diagnosis.workload,
                        time_text(seconds), bound_text(diagnosis), ceiling_text(diagnosis));
  }
  if (shared.explain) text += diagnosis_text(evaluation->diagnoses, true);
  return row;
}

Action attach_baselines(CLI::App& app, SharedOptions& shared, bool timing) {
  auto names = std::make_shared<std::vector<std::string>>();
  app.add_option("operators", *names, "names given to ke_add_operator() (default: all)");
  return [names, &shared, timing]() -> Result<int> {
    KE_TRY(const Project project, open_shared_project(shared));
    KE_TRY(const auto selected, select_operators(project, *names));
    Json rows = Json::array();
    std::string text;
    int failed = 0;
    for (size_t i = 0; i < selected.size(); ++i) {
      if (shared.dry_run) {
        log_info(fmt::format("would {} {}", timing ? "measure" : "check", selected[i].name));
        continue;
      }
      log_progress(fmt::format("{} ({} of {})", selected[i].name, i + 1, selected.size()));
      rows.push_back(look_at(project, selected[i], shared, text, timing));
      failed += rows.back()["ok"] == false;
    }
    if (shared.json)
      KE_DO(print_json({{"version", kCodecVersion}, {"operators", rows}}));
    else
      KE_DO(print_text(text));
    return failed == 0 ? 0 : 1;
  };
}

}  // namespace

Action attach_check(CLI::App& app, SharedOptions& shared) { return attach_baselines(app, shared, false); }
Action attach_bench(CLI::App& app, SharedOptions& shared) { return attach_baselines(app, shared, true); }

}  // namespace ke
