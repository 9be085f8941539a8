// SPDX-License-Identifier: MIT
#include "ke-build/base/files.h"
#include "ke-build/base/log.h"
#include "ke-build/base/text.h"
#include "ke-build/commands/command.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace ke {

void add_candidate_flags(CLI::App& app, CandidateFlags& flags) {
  app.add_option("operator", flags.op, "name given to ke_add_operator()")->required();
  app.add_option("--source", flags.source,
                 "a changed copy of the kernel's source file (default: the file itself)");
  app.add_option("--flag", flags.flags, "a compiler flag to add; may be given several times")
      ->allow_extra_args(false);
}

Result<int> plan_contest(const SharedOptions& shared, const CandidateFlags& flags, const std::string& verb) {
  KE_TRY(const Project project, open_shared_project(shared));
  KE_TRY(const auto registration, find_registration(project, flags.op));
  const std::string source = flags.source.empty() ? registration.sources.front() : flags.source;
  KE_DO(read_file(source, 16u << 20));
  const std::string extra = flags.flags.empty() ? "" : " with " + join_texts(flags.flags, " ");
  log_info(fmt::format("would {} {} from {}{}", verb, flags.op, source, extra));
  return 0;
}

Result<Contest> open_contest(const SharedOptions& shared, const CandidateFlags& flags) {
  KE_TRY(const Project project, open_shared_project(shared));
  KE_TRY(const auto registration, find_registration(project, flags.op));
  Contest contest;
  KE_TRY(contest.bench, open_workbench(project, registration));
  contest.subject = contest.bench.baseline;
  if (!flags.source.empty()) {
    KE_TRY(contest.subject.candidate.source, read_file(flags.source, 16u << 20));
  }
  contest.subject.candidate.flags = flags.flags;
  const EvaluateOptions options = pipeline_options(project, shared).evaluate;
  KE_TRY(contest.evaluator, Evaluator::open(contest.bench.op, contest.bench.baseline, options));
  return contest;
}

}  // namespace ke
