// SPDX-License-Identifier: MIT
// One commit on one deterministic branch per operator. A branch that anyone else touched is never
// overwritten.
#pragma once

#include "ke-ci/propose/git.h"

#include <optional>
#include <string>
#include <vector>

namespace ke {

struct CommitRequest {
  std::string base;                // full commit id: the only parent
  std::vector<std::string> paths;  // files that may have changed, relative to the clone
  std::string message;             // without trailers
  Identity author;
};
/// Commits exactly `paths` on top of `base` in the clone. Returns the commit id. ERRORS: refused when
/// anything else changed in the clone, when a mode changed, or when there is a link, a submodule or a binary
/// file among the paths.
Result<std::string> commit_paths(const Git& clone, const CommitRequest& request);

/// The commit was made by commit_paths() and nobody amended it: author, committer, parent and tree are as
/// recorded in it.
Result<bool> is_untouched(const Git& clone, const std::string& commit, const Identity& author);

struct PushResult {
  bool pushed = false;
  std::string foreign;  // why nothing was pushed: who else worked on the branch
};
/// Pushes `commit` as `branch`, replacing only a head that is untouched. ERRORS: tool.
Result<PushResult> push_branch(const Git& clone, const std::string& remote, const std::string& branch,
                               const std::string& commit, const Identity& author);
/// The branch that the remote's HEAD names, or "main".
std::string default_branch(const Git& clone, const std::string& remote);

}  // namespace ke
