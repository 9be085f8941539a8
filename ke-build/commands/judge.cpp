// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/judge.h"

#include "ke-build/base/log.h"
#include "ke-build/commands/command.h"
#include "ke-build/commands/session_text.h"
#include "ke-build/model/codec.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <memory>

namespace ke {
namespace {

struct JudgeArguments {
  std::string folder, rung = "bench";
};

}  // namespace

Action attach_judge(CLI::App& app, SharedOptions& shared) {
  auto options = std::make_shared<JudgeArguments>();
  app.add_option("folder", options->folder, "an evaluation folder, <build>/ke/evaluations/<hash>")
      ->required();
  app.add_option("--rung", options->rung,
                 "compile, verify, beside, sanitize, guided or bench (default bench)");
  return [options, &shared]() -> Result<int> {
    if (shared.dry_run) {
      log_info("would repeat the rung " + options->rung + " of " + options->folder);
      return 0;
    }
    KE_TRY(const Evaluation evaluation, judge_folder(options->folder, options->rung));
    if (shared.json)
      KE_DO(print_json(to_json(evaluation)));
    else
      KE_DO(print_text(evaluation_text(evaluation, shared.explain)));
    const bool good = evaluation.outcome == Outcome::equal || evaluation.outcome == Outcome::faster ||
                      evaluation.outcome == Outcome::slower || evaluation.outcome == Outcome::noisy;
    return good ? 0 : 1;
  };
}

}  // namespace ke
