// SPDX-License-Identifier: MIT
#include "ke-build/commands/command.h"
#include "ke-build/commands/session_text.h"
#include "ke-build/model/codec.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <memory>

namespace ke {
namespace {

struct EvaluateArguments {
  CandidateFlags candidate;
  std::string effort = "confirm", timeout = "5m";
};

/// 0 faster or equal, 1 a verdict against the candidate, 6 undecided.
int code_of(Outcome outcome) {
  if (outcome == Outcome::faster || outcome == Outcome::equal) return 0;
  return outcome == Outcome::noisy ? 6 : 1;
}

Result<Effort> effort_from(const std::string& word) {
  if (word == "screen") return Effort::screen;
  if (word == "decide") return Effort::decide;
  if (word == "confirm") return Effort::confirm;
  return Error{ErrorCode::usage, "--effort: found '" + word + "', expected screen, decide or confirm"};
}

}  // namespace

Action attach_evaluate(CLI::App& app, SharedOptions& shared) {
  auto options = std::make_shared<EvaluateArguments>();
  add_candidate_flags(app, options->candidate);
  app.add_option("--effort", options->effort, "screen, decide or confirm (default confirm)");
  app.add_option("--timeout", options->timeout, "give up after this long (default 5m)");
  return [options, &shared]() -> Result<int> {
    KE_TRY(const Effort effort, effort_from(options->effort));
    KE_TRY(const double timeout_s, seconds_from(options->timeout));
    if (shared.dry_run) return plan_contest(shared, options->candidate, "evaluate");
    KE_TRY(const Contest contest, open_contest(shared, options->candidate));
    KE_TRY(const Evaluation evaluation,
           contest.evaluator->evaluate(contest.subject, effort, Deadline(timeout_s)));
    if (shared.json) {
      Json document = to_json(evaluation);
      document["version"] = kCodecVersion;
      document["operator"] = contest.bench.op.name;
      KE_DO(print_json(document));
    } else {
      KE_DO(print_text(evaluation_text(evaluation, shared.explain)));
    }
    return code_of(evaluation.outcome);
  };
}

}  // namespace ke
