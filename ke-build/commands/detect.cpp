// SPDX-License-Identifier: MIT
#include "ke-build/base/files.h"
#include "ke-build/base/log.h"
#include "ke-build/commands/command.h"
#include "ke-build/model/codec.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <memory>

namespace ke {
namespace {

struct DetectArguments {
  std::string base, head;
};

std::string table_of(const Change& change, bool explain) {
  std::string text;
  for (const OperatorChange& op : change.operators) {
    if (op.affected)
      text += fmt::format("affected    {}\n", reason_text(op));
    else if (explain)
      text += fmt::format("unaffected  {}\n", op.name);
  }
  for (const std::string& file : explain ? change.harmless_files : std::vector<std::string>{}) {
    text += fmt::format("harmless    {}: only comments or whitespace changed\n", file);
  }
  return text;
}

}  // namespace

Action attach_detect(CLI::App& app, SharedOptions& shared) {
  auto options = std::make_shared<DetectArguments>();
  app.add_option("--base", options->base, "revision to compare with (their merge base counts)")->required();
  app.add_option("--head", options->head, "revision that is compared (default: the working tree)");
  return [options, &shared]() -> Result<int> {
    KE_TRY(const Project project, open_shared_project(shared));
    DetectOptions detect_options{options->base, options->head, join(project.build_dir, "ke/detect.cache")};
    if (shared.dry_run) {
      log_info(fmt::format("would compare {}..{} for {} operators", options->base,
                           options->head.empty() ? "worktree" : options->head, project.registrations.size()));
      return 0;
    }
    KE_TRY(const Change change, detect(project, detect_options));
    size_t affected = 0;
    for (const OperatorChange& op : change.operators) affected += op.affected;
    if (shared.explain) {
      for (const std::string& note : change.notes) log_info("note: " + note);
    }
    log_info(fmt::format("{} of {} operators affected by {}..{} ({:.0f} ms)", affected,
                         change.operators.size(), change.base.substr(0, 10), change.head.substr(0, 10),
                         change.seconds * 1e3));
    if (shared.json)
      KE_DO(print_json(to_json(change)));
    else
      KE_DO(print_text(table_of(change, shared.explain)));
    return 0;
  };
}

}  // namespace ke
