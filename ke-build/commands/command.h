// SPDX-License-Identifier: MIT
// The verbs of ke-build: one file each, one row in the table of commands.cpp. stdout is data, stderr is talk.
#pragma once

#include "ke-build/base/json.h"
#include "ke-build/base/result.h"
#include "ke-build/pipeline.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace ke {

/// Options that every verb takes.
struct SharedOptions {
  std::string build_dir, configuration;
  bool json = false, explain = false, dry_run = false, quiet = false, verbose = false;
  uint64_t seed = 1;
  std::vector<std::string> layers;  // of the sandbox, beside mandatory_layers()
};

/// Runs after the command line was read; the value is the exit code.
using Action = std::function<Result<int>()>;

struct Verb {
  const char* name;
  const char* summary;
  Action (*attach)(CLI::App& app, SharedOptions& shared);
};

Action attach_detect(CLI::App& app, SharedOptions& shared);
Action attach_search(CLI::App& app, SharedOptions& shared);
Action attach_evaluate(CLI::App& app, SharedOptions& shared);
Action attach_check(CLI::App& app, SharedOptions& shared);
Action attach_bench(CLI::App& app, SharedOptions& shared);
Action attach_bench_search(CLI::App& app, SharedOptions& shared);
Action attach_learn(CLI::App& app, SharedOptions& shared);
Action attach_show(CLI::App& app, SharedOptions& shared);
Action attach_judge(CLI::App& app, SharedOptions& shared);
Action attach_profile(CLI::App& app, SharedOptions& shared);
Action attach_noise(CLI::App& app, SharedOptions& shared);
Action attach_doctor(CLI::App& app, SharedOptions& shared);

/// Adds the shared options to one verb.
void add_shared_options(CLI::App& app, SharedOptions& shared);
/// `--build-dir`, or the current folder or ./build, whichever holds a CMakeCache.txt. Sets the log level.
Result<std::string> shared_build_dir(const SharedOptions& shared);
/// What a search is told on the command line, by `search` and by `ke-ci run`.
struct SearchFlags {
  std::string budget = "60s", device_seconds = "0", policy = "uct";
  int64_t evaluations = 0, stall = SearchOptions().stall;
  double clean_slate = SearchOptions().clean_slate, target = 0;
  std::vector<std::string> without;
};
void add_search_flags(CLI::App& app, SearchFlags& flags);
/// ERRORS: usage, also when there is no budget at all.
Result<> read_search_flags(const SearchFlags& flags, SearchOptions& options);
/// What `evaluate` and `profile` are told about the candidate.
struct CandidateFlags {
  std::string op, source;
  std::vector<std::string> flags;
};
void add_candidate_flags(CLI::App& app, CandidateFlags& flags);
/// A candidate and what it is judged beside.
struct Contest {
  Workbench bench;
  Subject subject;
  std::unique_ptr<Evaluator> evaluator;
};
/// What --dry-run says in the place of it. ERRORS: as find_registration() and read_file().
Result<int> plan_contest(const SharedOptions& shared, const CandidateFlags& flags, const std::string& verb);
/// ERRORS: as find_registration(), open_workbench(), read_file() and Evaluator::open().
Result<Contest> open_contest(const SharedOptions& shared, const CandidateFlags& flags);
/// The project of that folder; runs cmake when its File API reply is missing or outdated.
Result<Project> open_shared_project(const SharedOptions& shared);
/// Store, state and skill folders of a build folder.
PipelineOptions pipeline_options(const Project& project, const SharedOptions& shared);
/// "90", "90s", "2m", "1h" as seconds. ERRORS: usage.
Result<double> seconds_from(const std::string& text);
/// Registrations named in `names`, or all of them.
Result<std::vector<Registration>> select_operators(const Project& project,
                                                   const std::vector<std::string>& names);
/// Prints a document on stdout; a full disk or a closed pipe is an error, not silence.
Result<> print_json(const Json& document);
Result<> print_text(const std::string& text);
/// One status line of a running search.
void show_progress(const SearchProgress& progress);
/// Runs the command line; the last catch of the program is in here.
int run_command_line(int argc, char** argv);

}  // namespace ke
