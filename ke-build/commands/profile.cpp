// SPDX-License-Identifier: MIT
// Why is a kernel as fast as it is? Differential runs and whatever tools are installed.
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

struct ProfileArguments {
  CandidateFlags candidate;
  std::string workload, runs, seconds = "1s";
};

}  // namespace

Action attach_profile(CLI::App& app, SharedOptions& shared) {
  auto options = std::make_shared<ProfileArguments>();
  add_candidate_flags(app, options->candidate);
  app.add_option("--workload", options->workload, "one workload (default: all)");
  app.add_option("--run", options->runs,
                 "differential runs, separated by commas: tile, stream, warm, flags, sizes, threads, tools "
                 "(default: all)");
  app.add_option("--seconds", options->seconds, "timed rounds per workload (default 1s)");
  return [options, &shared]() -> Result<int> {
    ProfileOptions profile;
    profile.workload = options->workload;
    for (const std::string& run : split(options->runs, ',')) {
      if (!trim(run).empty()) profile.runs.push_back(trim(run));
    }
    KE_TRY(profile.seconds, seconds_from(options->seconds));
    if (shared.dry_run) return plan_contest(shared, options->candidate, "profile");
    KE_TRY(const Contest contest, open_contest(shared, options->candidate));
    KE_TRY(const auto diagnoses, contest.evaluator->profile(contest.subject, profile));
    if (shared.json) {
      Json rows = Json::array();
      for (const Diagnosis& diagnosis : diagnoses) rows.push_back(to_json(diagnosis));
      KE_DO(
          print_json({{"version", kCodecVersion}, {"operator", contest.bench.op.name}, {"diagnoses", rows}}));
    } else {
      KE_DO(print_text(diagnosis_text(diagnoses, true)));
    }
    return 0;
  };
}

}  // namespace ke
