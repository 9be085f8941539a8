// SPDX-License-Identifier: MIT
#include "ke-build/base/files.h"
#include "ke-build/base/log.h"
#include "ke-build/base/share.h"
#include "ke-build/commands/command.h"
#include "ke-build/evaluate/machine_dir.h"
#include "ke-build/evaluate/sandbox.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cstdio>
#include <filesystem>

namespace ke {

void add_shared_options(CLI::App& app, SharedOptions& shared) {
  app.add_option("--build-dir,-B", shared.build_dir, "configured build folder (default: . or ./build)");
  app.add_option("--config", shared.configuration, "configuration of a multi-config build, e.g. Release");
  app.add_flag("--json", shared.json, "print one JSON document on stdout");
  app.add_flag("--explain", shared.explain, "say why, in full");
  app.add_flag("--dry-run", shared.dry_run, "say what would be done, and do nothing");
  app.add_option("--seed", shared.seed, "seed of everything that may be repeatable (default 1)");
  app.add_option("--require", shared.layers,
                 "sandbox layers without which nothing is run, beside those that always are mandatory, e.g. "
                 "pid_namespace,read_only_mounts")
      ->delimiter(',');
  app.add_flag("--quiet,-q", shared.quiet, "warnings and errors only");
  app.add_flag("--verbose,-v", shared.verbose, "more talk on stderr");
}

Result<std::string> shared_build_dir(const SharedOptions& shared) {
  set_log_level(shared.quiet ? LogLevel::quiet : shared.verbose ? LogLevel::debug : LogLevel::info);
  std::string folder = shared.build_dir;
  if (folder.empty()) folder = exists("CMakeCache.txt") ? "." : "build";
  if (shared.build_dir.empty() && !exists(join(folder, "CMakeCache.txt"))) {
    return Error{
        ErrorCode::not_found,
        "no build folder: neither ./CMakeCache.txt nor ./build/CMakeCache.txt exists; configure one with "
        "`cmake -S . -B build` or name it with --build-dir"};
  }
  return folder;
}

Result<Project> open_shared_project(const SharedOptions& shared) {
  KE_TRY(const std::string folder, shared_build_dir(shared));
  return open_project(folder, shared.configuration);
}

PipelineOptions pipeline_options(const Project& project, const SharedOptions& shared) {
  PipelineOptions options;
  const std::string state = join(project.build_dir, "ke");
  options.evaluate.state_dir = state;
  options.evaluate.machine_dir = machine_dir(state);
  options.evaluate.seed = shared.seed;
  if (!shared.layers.empty()) {
    options.evaluate.mandatory_layers = mandatory_layers();
    for (const std::string& layer : shared.layers) options.evaluate.mandatory_layers.push_back(layer);
  }
  options.search.seed = shared.seed;
  options.store_path = join(state, "store.db");
  options.skill_dirs = {join(share_dir(), "kb/skills")};
  if (!project.repository.empty()) options.skill_dirs.push_back(join(project.repository, ".ke/skills"));
  return options;
}

Result<double> seconds_from(const std::string& text) {
  size_t used = 0;
  double value = -1;
  try {
    value = std::stod(text, &used);
  } catch (const std::exception&) {
    used = 0;
  }
  const std::string unit = text.substr(used);
  const double factor = unit.empty() || unit == "s"    ? 1
                        : unit == "m" || unit == "min" ? 60
                        : unit == "h"                  ? 3600
                                                       : 0;
  if (used == 0 || factor == 0 || !(value >= 0) || value > 1e9) {
    return Error{ErrorCode::usage,
                 fmt::format("'{}' is not a duration; write for example 90s, 2m or 1h", text)};
  }
  return value * factor;
}

Result<std::vector<Registration>> select_operators(const Project& project,
                                                   const std::vector<std::string>& names) {
  if (names.empty()) return project.registrations;
  std::vector<Registration> selected;
  for (const std::string& name : names) {
    KE_TRY(auto registration, find_registration(project, name));
    selected.push_back(std::move(registration));
  }
  return selected;
}

Result<> print_text(const std::string& text) {
  end_progress();
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0) {
    return Error{ErrorCode::io, "cannot write to standard output"};
  }
  return ok();
}

Result<> print_json(const Json& document) { return print_text(to_text(document)); }

}  // namespace ke
