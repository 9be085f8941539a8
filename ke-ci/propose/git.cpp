// SPDX-License-Identifier: MIT
#include "ke-ci/propose/git.h"

#include "ke-build/base/files.h"
#include "ke-build/base/process.h"
#include "ke-build/base/text.h"

#include <fmt/format.h>

#include <cstdlib>

namespace ke {
namespace {

Command command_of(const std::string& directory, const std::vector<std::string>& arguments) {
  Command command;
  command.argv = {"git",
                  "-c",
                  "core.hooksPath=/dev/null",
                  "-c",
                  "core.fsmonitor=false",
                  "-c",
                  "protocol.ext.allow=never",
                  "-c",
                  "gc.auto=0",
                  "-c",
                  "commit.gpgSign=false",
                  "-c",
                  "core.autocrlf=false",
                  "-c",
                  "advice.detachedHead=false",
                  "-c",
                  "safe.directory=*"};
  command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
  command.directory = directory;
  // Only what git needs to run: no GIT_DIR of a surrounding hook, no credentials of the job.
  command.clear_environment = true;
  command.environment = {{"GIT_CONFIG_GLOBAL", "/dev/null"}, {"GIT_CONFIG_NOSYSTEM", "1"},
                         {"GIT_TERMINAL_PROMPT", "0"},       {"GIT_ASKPASS", "/bin/false"},
                         {"GIT_LFS_SKIP_SMUDGE", "1"},       {"LC_ALL", "C"}};
  for (const char* name : {"PATH", "HOME", "TMPDIR"}) {
    if (const char* value = std::getenv(name)) command.environment[name] = value;
  }
  command.output_limit_bytes = 64u << 20;
  return command;
}

Result<std::string> finish(const Command& command) {
  KE_TRY(auto exit, run(command));
  if (exit.succeeded()) return trim(exit.out);
  const std::string why =
      exit.timed_out ? fmt::format("took longer than {:.0f} s", command.timeout_s) : last_lines(exit.err, 5);
  std::string verb;
  for (const std::string& word : command.argv) {
    if (word != "git" && word != "-c" && word.find('=') == std::string::npos) {
      verb = word;
      break;
    }
  }
  return Error{ErrorCode::tool, fmt::format("git {} in {}: {}", verb, command.directory, trim(why))};
}

}  // namespace

Result<std::string> Git::operator()(const std::vector<std::string>& arguments, double timeout_s) const {
  Command command = command_of(directory_, arguments);
  command.timeout_s = timeout_s;
  return finish(command);
}

Result<std::string> Git::as(const std::string& name, const std::string& email,
                            const std::vector<std::string>& arguments) const {
  Command command = command_of(directory_, arguments);
  command.timeout_s = 120;
  for (const char* role : {"AUTHOR", "COMMITTER"}) {
    command.environment[fmt::format("GIT_{}_NAME", role)] = name;
    command.environment[fmt::format("GIT_{}_EMAIL", role)] = email;
  }
  return finish(command);
}

Result<std::string> Git::commit_of(const std::string& revision) const {
  if (starts_with(revision, "-")) {
    return Error{ErrorCode::usage, fmt::format("'{}' is not a revision", revision)};
  }
  auto commit = (*this)({"rev-parse", "--verify", "--quiet", revision + "^{commit}"});
  if (commit) return commit;
  return Error{ErrorCode::usage,
               fmt::format("'{}' names no commit in {} (a shallow clone? then: git fetch --unshallow)",
                           revision, directory_)};
}

Result<std::optional<std::string>> Git::file_at(const std::string& commit, const std::string& path) const {
  KE_TRY(const auto exit, run(command_of(directory_, {"cat-file", "blob", commit + ":" + path})));
  if (!exit.succeeded()) return std::optional<std::string>();
  return std::optional<std::string>(exit.out);
}

Result<Git> clone_at(const std::string& repository, const std::string& commit, const std::string& folder) {
  // Borrowing the objects makes every commit reachable, those of a detached or shallow checkout too, and
  // costs no copy.
  const Git from(repository);
  KE_TRY(const auto objects, from({"rev-parse", "--path-format=absolute", "--git-path", "objects"}));
  KE_TRY(const auto shallow, from({"rev-parse", "--path-format=absolute", "--git-path", "shallow"}));
  KE_DO(make_dirs(folder));
  Git git(folder);
  KE_DO(git({"init", "--quiet", "--template="}));
  KE_DO(write_file(join(folder, ".git/objects/info/alternates"), objects + "\n"));
  if (exists(shallow)) {
    KE_TRY(const auto grafts, read_file(shallow));
    KE_DO(write_file(join(folder, ".git/shallow"), grafts));
  }
  KE_DO(git({"checkout", "--quiet", "--detach", commit, "--"}, 600));
  return git;
}

Result<Identity> identity_from(const std::string& text) {
  const size_t open = text.find('<'), close = text.find('>');
  if (open != std::string::npos && close != std::string::npos && open + 1 < close &&
      close + 1 == text.size() && text.find('\n') == std::string::npos) {
    Identity identity{trim(text.substr(0, open)), trim(text.substr(open + 1, close - open - 1))};
    if (!identity.name.empty() && identity.email.find_first_of(" \n<>") == std::string::npos) return identity;
  }
  return Error{ErrorCode::usage, fmt::format("'{}' is not an author; expected: Name <mail@host>", text)};
}

}  // namespace ke
