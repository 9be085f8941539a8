// SPDX-License-Identifier: MIT
// The table of verbs and the one place where errors become exit codes.
#include "ke-ci/commands.h"

#include "ke-build/base/files.h"
#include "ke-build/base/log.h"
#include "ke-build/base/share.h"
#include "ke-build/base/text.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cstdio>
#include <exception>

namespace ke {
namespace {

constexpr Verb kVerbs[] = {
    {"run", "detect, search, evaluate, learn and propose for every operator that BASE..HEAD changes",
     attach_run},
    {"propose", "validate winners in a clean clone and open a pull request for each", attach_propose},
    {"gate", "has an operator become slower since BASE", attach_gate},
    {"report", "a session as a self-contained HTML page", attach_report},
};

std::vector<std::string> verb_names() {
  std::vector<std::string> names;
  for (const Verb& verb : kVerbs) names.emplace_back(verb.name);
  return names;
}

/// CLI11 lists what it could not place; the nearest verb or option is worth more than the list.
std::string explain_parse_error(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App* scope = &app;
  for (const CLI::App* verb : app.get_subcommands()) scope = verb;
  std::vector<std::string> options;
  for (const CLI::Option* option : scope->get_options()) {
    for (const std::string& name : option->get_lnames()) options.push_back("--" + name);
  }
  const std::string where = scope == &app ? "ke-ci" : "ke-ci " + scope->get_name();
  for (const std::string& word : scope->remaining(true)) {
    if (starts_with(word, "-")) {
      return fmt::format("{}: unknown option '{}'{}; see `{} --help`", where, word, suggestion(word, options),
                         where);
    }
    if (scope != &app)
      return fmt::format("{}: unexpected argument '{}'; see `{} --help`", where, word, where);
    return fmt::format("ke-ci: unknown verb '{}'{}; the verbs are: {}", word, suggestion(word, verb_names()),
                       join_texts(verb_names(), ", "));
  }
  if (scope == &app && app.get_subcommands().empty()) {
    return "ke-ci: which verb? " + join_texts(verb_names(), ", ") + "; see `ke-ci --help`";
  }
  const std::string what = replace_all(error.what(), "Could not convert: ", "not a legal value: ");
  return fmt::format("{}: {}; see `{} --help`", where, what, where);
}

int parse_and_run(int argc, char** argv) {
  CLI::App app{
      "KernelEvolve for repositories, the public side: proposes faster kernels and gates regressions."};
  app.name("ke-ci");
  app.set_version_flag("--version", std::string("ke-ci ") + kEngineVersion);
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
    std::fprintf(stderr, "ke-ci %s: %s\n", sub->get_name().c_str(), code.error().message.c_str());
    return exit_code(code.error().code);
  }
  return exit_code(ErrorCode::internal);
}

}  // namespace

void add_propose_flags(CLI::App& app, ProposeFlags& flags) {
  app.add_option("--forge", flags.forge,
                 "where pull requests go, e.g. local:/srv/project.git (default: nowhere)");
  app.add_option("--author", flags.author, "author of commits, \"Name <mail>\"");
  app.add_option("--max-open", flags.max_open, "open requests at a time (default 10; 0: no limit)")
      ->check(CLI::NonNegativeNumber);
  app.add_flag("--retry-declined", flags.retry_declined, "propose again what was closed before");
}

Result<ProposeOptions> propose_options(const Project& project, const SharedOptions& shared,
                                       const ProposeFlags& flags) {
  if (project.repository.empty()) {
    return Error{
        ErrorCode::usage,
        fmt::format("{} is not in a git repository: there is nothing to propose to", project.source_dir)};
  }
  ProposeOptions options;
  if (!flags.author.empty()) options.author = flags.author;
  options.max_open = flags.max_open;
  options.retry_declined = flags.retry_declined;
  options.dry_run = shared.dry_run;
  options.scratch_dir = join(project.build_dir, "ke/scratch");
  options.evaluate = pipeline_options(project, shared).evaluate;
  return options;
}

Result<std::unique_ptr<Forge>> forge_of(const ProposeFlags& flags) {
  if (flags.forge.empty()) return std::unique_ptr<Forge>();
  return make_forge(flags.forge);
}

Result<std::unique_ptr<Store>> open_store(const Project& project) {
  return Store::open(join(project.build_dir, "ke/store.db"));
}

int run_ci_command_line(int argc, char** argv) {
  try {
    return parse_and_run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "ke-ci: bug: %s\n", error.what());
    return exit_code(ErrorCode::internal);
  }
}

}  // namespace ke
