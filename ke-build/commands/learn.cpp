// SPDX-License-Identifier: MIT
#include "ke-build/learn/learn.h"

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

Json to_row(const Skill& skill) {
  return {{"name", skill.name},         {"op_type", skill.op_type},   {"pattern", skill.pattern},
          {"actions", skill.actions},   {"features", skill.features}, {"speedup", skill.speedup},
          {"low", skill.low},           {"high", skill.high},         {"hardware", skill.hardware},
          {"compiler", skill.compiler}, {"session", skill.session}};
}

/// The skills that an operator's next search will read, or all of them.
Result<std::vector<Skill>> relevant(const Project& project, const std::string& op,
                                    const std::vector<Skill>& skills) {
  if (op.empty()) return skills;
  KE_TRY(const auto registration, find_registration(project, op));
  KE_TRY(const auto bench, open_workbench(project, registration));
  return recall(bench.op, bench.baseline.candidate.source, skills, 8);
}

}  // namespace

Action attach_learn(CLI::App& app, SharedOptions& shared) {
  auto op = std::make_shared<std::string>();
  app.add_option("--for", *op, "only what a search of this operator would read, best first");
  return [op, &shared]() -> Result<int> {
    KE_TRY(const Project project, open_shared_project(shared));
    const PipelineOptions options = pipeline_options(project, shared);
    KE_TRY(auto store, Store::open(options.store_path));
    KE_TRY(const auto all, known_skills(*store, options.skill_dirs));
    KE_TRY(const auto skills, relevant(project, *op, all));
    Json rows = Json::array();
    std::string text;
    for (const Skill& skill : skills) {
      rows.push_back(to_row(skill));
      text += fmt::format("{:<32} {}  {}\n", skill.name, ratio_text(skill.speedup, skill.low, skill.high),
                          join_texts(skill.actions, ", "));
      if (shared.explain) text += skill.text + "\n";
    }
    if (shared.json)
      KE_DO(print_json({{"version", kCodecVersion}, {"skills", rows}}));
    else
      KE_DO(print_text(text.empty() ? "nothing is known yet; a winning `ke-build search` leaves one skill\n"
                                    : text));
    return 0;
  };
}

}  // namespace ke
