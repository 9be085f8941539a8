// SPDX-License-Identifier: MIT
// The git binary with nothing of the user's or the repository's own behaviour: no hooks, no global
// configuration, no prompts, no filters from outside, deadlines on everything.
#pragma once

#include "ke-build/base/result.h"

#include <optional>
#include <string>
#include <vector>

namespace ke {

class Git {
 public:
  explicit Git(std::string directory) : directory_(std::move(directory)) {}
  const std::string& directory() const { return directory_; }

  /// Standard output, trimmed. ERRORS: tool with git's message.
  Result<std::string> operator()(const std::vector<std::string>& arguments, double timeout_s = 120) const;
  /// The same with an identity for commits.
  Result<std::string> as(const std::string& name, const std::string& email,
                         const std::vector<std::string>& arguments) const;
  /// Full commit id of a revision. ERRORS: usage naming the revision.
  Result<std::string> commit_of(const std::string& revision) const;
  /// Content of a file at a commit, or nullopt when it is not there.
  Result<std::optional<std::string>> file_at(const std::string& commit, const std::string& path) const;

 private:
  std::string directory_;
};

/// A fresh repository in `folder` with `commit` of a local repository checked out, detached. It borrows the
/// origin's objects, follows no submodules and has none of the origin's configuration, hooks or remotes.
/// ERRORS: tool.
Result<Git> clone_at(const std::string& repository, const std::string& commit, const std::string& folder);

/// `Name <mail>` taken apart. ERRORS: usage.
struct Identity {
  std::string name, email;
};
Result<Identity> identity_from(const std::string& text);

}  // namespace ke
