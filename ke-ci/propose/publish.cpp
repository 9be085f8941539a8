// SPDX-License-Identifier: MIT
#include "ke-ci/propose/publish.h"

#include "ke-build/base/text.h"
#include "ke-ci/propose/paths.h"

#include <fmt/format.h>

#include <algorithm>

namespace ke {
namespace {

constexpr const char* kTreeTrailer = "Ke-Tree: ";
constexpr const char* kBaseTrailer = "Ke-Base: ";

Error refusal(const std::string& why) {
  return {ErrorCode::refused, "the clean clone holds more than the proposal: " + why};
}

/// Lines of `git diff --raw`: `:100644 100644 abc def M<TAB>path`.
Result<> check_staged(const Git& clone, const std::vector<std::string>& paths) {
  KE_TRY(const auto raw, clone({"diff", "--cached", "--raw", "--no-renames", "--abbrev=40", "HEAD"}));
  for (const std::string& line : split(raw, '\n')) {
    if (line.empty()) continue;
    const size_t tab = line.find('\t');
    const auto fields = split(line.substr(0, tab), ' ');
    if (tab == std::string::npos || fields.size() != 5) return refusal(line);
    const std::string path = line.substr(tab + 1), before = fields[0].substr(1);
    if (std::find(paths.begin(), paths.end(), path) == paths.end()) return refusal(path);
    const bool added = fields[4] == "A" && fields[1] == "100644";
    const bool modified = fields[4] == "M" && before == fields[1] && starts_with(fields[1], "100");
    if (!added && !modified) return refusal(path + " would change its kind or mode");
  }
  KE_TRY(const auto numbers, clone({"diff", "--cached", "--numstat", "--no-renames", "HEAD"}));
  for (const std::string& line : split(numbers, '\n')) {
    if (starts_with(line, "-\t-\t")) return refusal("a binary file, " + line.substr(4));
  }
  return ok();
}

std::string trailer(const std::string& message, const char* name) {
  for (const std::string& line : split(message, '\n')) {
    if (starts_with(line, name)) return trim(line.substr(std::string_view(name).size()));
  }
  return "";
}

}  // namespace

Result<std::string> commit_paths(const Git& clone, const CommitRequest& request) {
  KE_TRY(const auto head, clone.commit_of("HEAD"));
  if (head != request.base)
    return refusal(fmt::format("it stands at {}, not at the base {}", head, request.base));
  for (const std::string& path : request.paths) {
    if (!is_plain_relative(path)) return refusal(path);
  }
  std::vector<std::string> add = {"--literal-pathspecs", "add", "--force", "--"};
  add.insert(add.end(), request.paths.begin(), request.paths.end());
  KE_DO(clone(add));
  KE_DO(check_staged(clone, request.paths));
  // What is changed but not part of the commit: a build that writes into its sources.
  KE_TRY(const auto rest, clone({"diff", "--name-only"}));
  if (!rest.empty()) return refusal(replace_all(rest, "\n", ", "));
  KE_TRY(const auto tree, clone({"write-tree"}));
  const std::string message =
      fmt::format("{}\n{}{}\n{}{}\n", request.message, kBaseTrailer, request.base, kTreeTrailer, tree);
  KE_DO(clone.as(request.author.name, request.author.email,
                 {"commit", "--quiet", "--no-verify", "--cleanup=verbatim", "-m", message}));
  return clone.commit_of("HEAD");
}

Result<bool> is_untouched(const Git& clone, const std::string& commit, const Identity& author) {
  KE_TRY(const auto facts, clone({"show", "--no-patch", "--no-show-signature",
                                  "--format=%an%n%ae%n%cn%n%ce%n%T%n%P%n%B", commit}));
  const auto lines = split(facts, '\n');
  if (lines.size() < 7) return false;
  const bool ours = lines[0] == author.name && lines[1] == author.email && lines[2] == author.name &&
                    lines[3] == author.email;
  return ours && lines[4] == trailer(facts, kTreeTrailer) && lines[5] == trailer(facts, kBaseTrailer);
}

Result<PushResult> push_branch(const Git& clone, const std::string& remote, const std::string& branch,
                               const std::string& commit, const Identity& author) {
  const std::string ref = "refs/heads/" + branch;
  KE_TRY(const auto listed, clone({"ls-remote", "--", remote, ref}));
  const std::string there = listed.substr(0, listed.find('\t'));
  PushResult result;
  if (there == commit) {
    result.pushed = true;
    return result;
  }
  if (!there.empty()) {
    KE_DO(clone({"fetch", "--quiet", "--no-tags", "--", remote, ref}, 600));
    KE_TRY(const bool untouched, is_untouched(clone, there, author));
    if (!untouched) {
      KE_TRY(const auto who, clone({"show", "--no-patch", "--format=%an", there}));
      result.foreign = fmt::format("its head {} is a commit of {}, not the one that this program made",
                                   there.substr(0, 12), who);
      return result;
    }
  }
  // The lease closes the window between looking and pushing.
  KE_DO(clone({"push", "--quiet", "--no-verify", fmt::format("--force-with-lease={}:{}", ref, there), "--",
               remote, fmt::format("{}:{}", commit, ref)},
              600));
  result.pushed = true;
  return result;
}

std::string default_branch(const Git& clone, const std::string& remote) {
  const auto listed = clone({"ls-remote", "--symref", "--", remote, "HEAD"});
  const std::string prefix = "ref: refs/heads/";
  if (!listed || !starts_with(*listed, prefix)) return "main";
  return listed->substr(prefix.size(), listed->find('\t') - prefix.size());
}

}  // namespace ke
