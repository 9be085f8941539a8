// SPDX-License-Identifier: MIT
// The table of verbs and the one place where errors become exit codes.
#include "ke-build/base/log.h"
#include "ke-build/base/share.h"
#include "ke-build/base/text.h"
#include "ke-build/commands/command.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cstdio>
#include <exception>

namespace ke {
namespace {

constexpr Verb kVerbs[] = {
    {"detect", "which operators does BASE..HEAD change, and why", attach_detect},
    {"check", "is every operator correct against its reference, and can the test tell", attach_check},
    {"bench", "how fast is every operator, why, and how much could be gained", attach_bench},
    {"profile", "what bounds one kernel: differential runs, evidence, what to try next", attach_profile},
    {"bench-search", "how good is the search itself, on recorded tuning spaces", attach_bench_search},
    {"search", "find a faster kernel for one operator within a budget", attach_search},
    {"evaluate", "judge one source file against the operator's kernel", attach_evaluate},
    {"learn", "what is known: skills of the store and of the repository", attach_learn},
    {"show", "sessions of this build folder, or one session in full", attach_show},
    {"judge", "repeat one rung of an evaluation folder (build.ninja calls this)", attach_judge},
    {"noise", "what this machine can tell apart, and in how many pairs", attach_noise},
    {"doctor", "what this machine can do and what is missing", attach_doctor},
};

std::vector<std::string> verb_names() {
  std::vector<std::string> names;
  for (const Verb& verb : kVerbs) names.emplace_back(verb.name);
  return names;
}

/// CLI11 lists what it could not place; the nearest verb or option is worth more than the list.
std::string explain_parse_error(const CLI::App& app, const CLI::ParseError& error) {
  std::vector<std::string> options;
  const CLI::App* scope = &app;
  for (const CLI::App* verb : app.get_subcommands()) scope = verb;
  for (const CLI::Option* option : scope->get_options()) {
    for (const std::string& name : option->get_lnames()) options.push_back("--" + name);
  }
  const std::string where = scope == &app ? "ke-build" : "ke-build " + scope->get_name();
  for (const std::string& word : scope->remaining(true)) {
    if (starts_with(word, "-")) {
      return fmt::format("{}: unknown option '{}'{}; see `{} --help`", where, word, suggestion(word, options),
                         where);
    }
    if (scope == &app) {
      return fmt::format("ke-build: unknown verb '{}'{}; the verbs are: {}", word,
                         suggestion(word, verb_names()), join_texts(verb_names(), ", "));
    }
    return fmt::format("{}: unexpected argument '{}'; see `{} --help`", where, word, where);
  }
  if (scope == &app && app.get_subcommands().empty()) {
    return "ke-build: which verb? " + join_texts(verb_names(), ", ") + "; see `ke-build --help`";
  }
  const std::string what = replace_all(error.what(), "Could not convert: ", "not a legal value: ");
  return fmt::format("{}: {}; see `{} --help`", where, what, where);
}

int parse_and_run(int argc, char** argv) {
  CLI::App app{"KernelEvolve for repositories: detects changed kernels, searches faster ones, proves them."};
  app.name("ke-build");
  app.set_version_flag("--version", std::string("ke-build ") + kEngineVersion);
  app.footer(
      "Exit codes: 0 ok, 1 answered no, 2 usage, 3 environment (see `ke-build doctor`), 4 budget gone "
      "without a "
      "result, 5 remote, 6 inconclusive, 70 our bug.");
  app.allow_extras();
  SharedOptions shared;
  std::vector<std::pair<CLI::App*, Action>> actions;
  for (const Verb& verb : kVerbs) {
    CLI::App* sub = app.add_subcommand(verb.name, verb.summary);
    sub->allow_extras();
    add_shared_options(*sub, shared);
    actions.emplace_back(sub, verb.attach(*sub, shared));
  }
  try {
    app.parse(argc, argv);
    if (!app.remaining(true).empty() || app.get_subcommands().empty()) throw CLI::ExtrasError({});
  } catch (const CLI::CallForHelp& help) {
    return app.exit(help);
  } catch (const CLI::CallForVersion& version) {
    return app.exit(version);
  } catch (const CLI::ParseError& error) {
    std::fprintf(stderr, "%s\n", explain_parse_error(app, error).c_str());
    return exit_code(ErrorCode::usage);
  }
  for (auto& [sub, action] : actions) {
    if (!sub->parsed()) continue;
    auto code = action();
    end_progress();
    if (code) return *code;
    std::fprintf(stderr, "ke-build %s: %s\n", sub->get_name().c_str(), code.error().message.c_str());
    return exit_code(code.error().code);
  }
  return exit_code(ErrorCode::internal);
}

}  // namespace

int run_command_line(int argc, char** argv) {
  try {
    return parse_and_run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "ke-build: bug: %s\n", error.what());
    return exit_code(ErrorCode::internal);
  }
}

}  // namespace ke
