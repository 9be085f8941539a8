// SPDX-License-Identifier: MIT
// Why is a kernel as fast as it is? Differential runs and whatever tools are installed.
#include "ke-build/base/files.h"
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
  std::string op, source, workload, runs, seconds = "1s";
  std::vector<std::string> flags;
};

}  // namespace

Action attach_profile(CLI::App& app, SharedOptions& shared) {
  auto options = std::make_shared<ProfileArguments>();
  app.add_option("operator", options->op, "name given to ke_add_operator()")->required();
  app.add_option("--source", options->source,
                 "a changed copy of the kernel's source file (default: the file itself)");
  app.add_option("--flag", options->flags, "a compiler flag to add; may be given several times")
      ->allow_extra_args(false);
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
    KE_TRY(const Project project, open_shared_project(shared));
    KE_TRY(const auto registration, find_registration(project, options->op));
    KE_TRY(const Workbench bench, open_workbench(project, registration));
    Subject subject = bench.baseline;
    if (!options->source.empty()) {
      KE_TRY(subject.candidate.source, read_file(options->source, 16u << 20));
    }
    subject.candidate.flags = options->flags;
    KE_TRY(auto evaluator,
           Evaluator::open(bench.op, bench.baseline, pipeline_options(project, shared).evaluate));
    KE_TRY(const auto diagnoses, evaluator->profile(subject, profile));
    if (shared.json) {
      Json rows = Json::array();
      for (const Diagnosis& diagnosis : diagnoses) rows.push_back(to_json(diagnosis));
      KE_DO(print_json({{"version", kCodecVersion}, {"operator", bench.op.name}, {"diagnoses", rows}}));
    } else {
      KE_DO(print_text(diagnosis_text(diagnoses, true)));
    }
    return 0;
  };
}

}  // namespace ke
