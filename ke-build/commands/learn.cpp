// SPDX-License-Identifier: MIT
#include "ke-build/learn/learn.h"

#include "ke-build/base/files.h"
#include "ke-build/base/text.h"
#include "ke-build/commands/command.h"
#include "ke-build/commands/session_text.h"
#include "ke-build/model/codec.h"
#include "ke-build/search/learned/knowledge.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <memory>

namespace ke {
namespace {

constexpr size_t kLinesShown = 12;   // of a family's moves, unless --explain asks for all
constexpr size_t kWidthShown = 100;  // of a move: skills are lists of many steps

Json to_row(const Skill& skill) {
  return {{"name", skill.name},         {"op_type", skill.op_type},   {"pattern", skill.pattern},
          {"actions", skill.actions},   {"features", skill.features}, {"speedup", skill.speedup},
          {"low", skill.low},           {"high", skill.high},         {"hardware", skill.hardware},
          {"compiler", skill.compiler}, {"session", skill.session},   {"fit", skill.fit}};
}

Json rows_of(const std::vector<Skill>& skills) {
  Json rows = Json::array();
  for (const Skill& skill : skills) rows.push_back(to_row(skill));
  return rows;
}

std::string skill_lines(const std::vector<Skill>& skills, bool explain) {
  std::string text;
  for (const Skill& skill : skills) {
    text += fmt::format("{:<32} {}  {}\n", skill.name, ratio_text(skill.speedup, skill.low, skill.high),
                        join_texts(skill.actions, ", "));
    if (explain) text += skill.text + "\n";
  }
  return text;
}

std::string note_lines(const LearnedNote& note) {
  return fmt::format("{} session{} with {} moves tried; trained in {:.2f} s\n{}\n", note.sessions,
                     note.sessions == 1 ? "" : "s", note.trials, note.train_s, learned_text(note));
}

std::string family_lines(const FamilyRecord& family, bool explain) {
  std::string text = fmt::format("\n{}: {} session{}\n", family.family.empty() ? "no family" : family.family,
                                 family.sessions, family.sessions == 1 ? "" : "s");
  const size_t shown = explain ? family.moves.size() : std::min(family.moves.size(), kLinesShown);
  for (size_t i = 0; i < shown; ++i) {
    const MoveRecord& move = family.moves[i];
    const bool whole = explain || move.kind.size() <= kWidthShown;
    text += fmt::format("  {:>6.2f}x  {:>3} of {:<3} correct  {}\n", move.gain, move.correct, move.tried,
                        whole ? move.kind : move.kind.substr(0, kWidthShown) + " ...");
  }
  if (shown < family.moves.size())
    text += fmt::format("  and {} kinds more (--explain)\n", family.moves.size() - shown);
  return text;
}

Json json_of(const FamilyRecord& family) {
  Json moves = Json::array();
  for (const MoveRecord& move : family.moves) {
    moves.push_back(
        {{"kind", move.kind}, {"tried", move.tried}, {"correct", move.correct}, {"gain", move.gain}});
  }
  return {{"family", family.family}, {"sessions", family.sessions}, {"moves", moves}};
}

Result<int> show_everything(Store& store, const std::vector<Skill>& skills, const SharedOptions& shared) {
  KE_TRY(const Knowledge known, knowledge(store, shared.seed));
  Json families = Json::array();
  std::string text = skill_lines(skills, shared.explain);
  if (text.empty()) text = "no skill is known yet; a winning `ke-build search` leaves one\n";
  text += "\n" + note_lines(known.note);
  if (known.first_kinds > 0)
    text +=
        fmt::format("the first {} kinds of first moves held the way to the best in three of four sessions\n",
                    known.first_kinds);
  for (const FamilyRecord& family : known.families) {
    families.push_back(json_of(family));
    text += family_lines(family, shared.explain);
  }
  if (shared.json) {
    KE_DO(print_json({{"version", kCodecVersion},
                      {"skills", rows_of(skills)},
                      {"learned", to_json(known.note)},
                      {"first_kinds", known.first_kinds},
                      {"families", families}}));
  } else {
    KE_DO(print_text(text));
  }
  return 0;
}

/// The same action on two loops differs in its detail only.
std::string line_of(const Forecast& move, bool explain) {
  const std::string text = trim(move.action.substr(0, move.action.find(' ')) + " " + move.detail);
  return explain || text.size() <= kWidthShown ? text : text.substr(0, kWidthShown) + " ...";
}

Result<int> show_forecast(const Workbench& bench, Store& store, const std::vector<Skill>& skills,
                          const SharedOptions& shared) {
  const auto recalled =
      recall(bench.op, bench.baseline.candidate.source, skills, 8, bench.baseline.recipe.compiler_id);
  KE_TRY(const Forecasts forecasts, forecast(bench.op, bench.baseline, store, recalled, shared.seed));
  Json moves = Json::array();
  std::string text = skill_lines(forecasts.skills, shared.explain);
  if (text.empty()) text = "no skill fits\n";
  text += "\n" + note_lines(forecasts.note) + "\nexpected  stated  learned  move\n";
  for (const Forecast& move : forecasts.moves) {
    moves.push_back({{"action", move.action},
                     {"detail", move.detail},
                     {"expected", move.expected},
                     {"stated", move.stated},
                     {"learned", move.learned}});
    if (shared.explain || moves.size() <= 3 * kLinesShown)
      text += fmt::format("{:>7.2f}x {:>6.2f}x {:>7.2f}x  {}\n", move.expected, move.stated, move.learned,
                          line_of(move, shared.explain));
  }
  if (shared.json) {
    KE_DO(print_json({{"version", kCodecVersion},
                      {"operator", bench.op.name},
                      {"skills", rows_of(forecasts.skills)},
                      {"learned", to_json(forecasts.note)},
                      {"moves", moves}}));
  } else {
    KE_DO(print_text(text));
  }
  return 0;
}

}  // namespace

Action attach_learn(CLI::App& app, SharedOptions& shared) {
  auto op = std::make_shared<std::string>();
  app.add_option("--for", *op,
                 "what a search of this operator would read, and how it would rank its first moves");
  return [op, &shared]() -> Result<int> {
    KE_TRY(const Project project, open_shared_project(shared));
    const PipelineOptions options = pipeline_options(project, shared);
    KE_TRY(auto store, Store::open(options.store_path));
    KE_TRY(const auto skills, known_skills(*store, options.skill_dirs));
    if (op->empty()) return show_everything(*store, skills, shared);
    KE_TRY(const auto registration, find_registration(project, *op));
    KE_TRY(const auto bench, open_workbench(project, registration));
    return show_forecast(bench, *store, skills, shared);
  };
}

}  // namespace ke
