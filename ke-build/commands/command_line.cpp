// SPDX-License-Identifier: MIT
#include "ke-build/commands/command_line.h"

#include "ke-build/base/log.h"
#include "ke-build/base/share.h"
#include "ke-build/base/text.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cstdio>
#include <exception>

namespace ke {
namespace {

constexpr const char* kExitCodes =
    "Exit codes: 0 ok, 1 answered no, 2 usage, 3 environment (see `ke-build doctor`), 4 budget gone without "
    "a result, 5 remote, 6 inconclusive, 70 our bug.";

/// CLI11 lists what it could not place; the nearest verb or option is worth more than the list.
std::string explain_parse_error(const CommandLine& program, const CLI::App& app,
                                const CLI::ParseError& error) {
  const CLI::App* scope = &app;
  for (const CLI::App* verb : app.get_subcommands()) scope = verb;
  std::vector<std::string> options, verbs;
  for (const CLI::Option* option : scope->get_options()) {
    for (const std::string& name : option->get_lnames()) options.push_back("--" + name);
  }
  for (const Verb& verb : program.verbs) verbs.emplace_back(verb.name);
  const std::string name = program.name;
  const std::string where = scope == &app ? name : name + " " + scope->get_name();
  for (const std::string& word : scope->remaining(true)) {
    if (starts_with(word, "-")) {
      return fmt::format("{}: unknown option '{}'{}; see `{} --help`", where, word, suggestion(word, options),
                         where);
    }
    if (scope != &app)
      return fmt::format("{}: unexpected argument '{}'; see `{} --help`", where, word, where);
    return fmt::format("{}: unknown verb '{}'{}; the verbs are: {}", name, word, suggestion(word, verbs),
                       join_texts(verbs, ", "));
  }
  if (scope == &app && app.get_subcommands().empty())
    return fmt::format("{}: which verb? {}; see `{} --help`", name, join_texts(verbs, ", "), name);
  const std::string what = replace_all(error.what(), "Could not convert: ", "not a legal value: ");
  return fmt::format("{}: {}; see `{} --help`", where, what, where);
}

int parse_and_run(const CommandLine& program, int argc, char** argv) {
  CLI::App app{program.summary};
  app.name(program.name);
  app.set_version_flag("--version", fmt::format("{} {}", program.name, kEngineVersion));
  app.footer(kExitCodes);
  app.allow_extras();
  SharedOptions shared;
  std::vector<std::pair<CLI::App*, Action>> actions;
  for (const Verb& verb : program.verbs) {
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
    std::fprintf(stderr, "%s\n", explain_parse_error(program, app, error).c_str());
    return exit_code(ErrorCode::usage);
  }
  for (auto& [sub, action] : actions) {
    if (!sub->parsed()) continue;
    auto code = action();
    end_progress();
    if (code) return *code;
    std::fprintf(stderr, "%s %s: %s\n", program.name, sub->get_name().c_str(), code.error().message.c_str());
    return exit_code(code.error().code);
  }
  return exit_code(ErrorCode::internal);
}

}  // namespace

int run_program(const CommandLine& program, int argc, char** argv) {
  try {
    return parse_and_run(program, argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s: bug: %s\n", program.name, error.what());
    return exit_code(ErrorCode::internal);
  }
}

}  // namespace ke
