// SPDX-License-Identifier: MIT
// A git repository, read through libgit2; no git binary is needed. Content is compared by blob id, never by
// time.
#pragma once

#include "ke-build/base/result.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace ke {

struct GitDelta {
  enum class Kind { added, deleted, modified };
  Kind kind = Kind::modified;
  std::string path;  // relative to the repository's root
  std::string old_blob,
      new_blob;  // hex ids; empty where there is none; of uncommitted files: of what is on disk
  bool submodule = false;
  bool link = false;  // a symbolic link on one side at least
};

class Repo {
 public:
  /// Finds the repository that `path` lies in. ERRORS: usage (not a git repository, or a bare one).
  static Result<Repo> open(const std::string& path);
  Repo(Repo&&) noexcept;
  Repo& operator=(Repo&&) noexcept;
  ~Repo();

  /// Root of the work tree, canonical, without a final slash.
  const std::string& root() const { return root_; }
  bool is_shallow() const;

  /// Full commit id of a branch, tag, `HEAD~2`, abbreviated id, ...
  /// ERRORS: usage (unknown; in a shallow clone: says `git fetch --unshallow`).
  Result<std::string> resolve(const std::string& revision) const;
  /// ERRORS: usage (no common ancestor; in a shallow clone: says `git fetch --unshallow`).
  Result<std::string> merge_base(const std::string& a, const std::string& b) const;
  /// The tree id of a commit.
  Result<std::string> tree_of(const std::string& commit) const;

  /// Renames are an added and a deleted file. Paths are sorted.
  Result<std::vector<GitDelta>> diff(const std::string& base, const std::string& head) const;
  /// The same against the work tree: committed, staged, unstaged and untracked (not ignored) changes.
  Result<std::vector<GitDelta>> diff_to_worktree(const std::string& base) const;

  /// Blob id of a file in a commit, or "" when the commit has no such file.
  Result<std::string> blob_at(const std::string& commit, const std::string& path) const;
  /// Paths and blob ids of all files of a commit, sorted by path.
  Result<std::vector<std::pair<std::string, std::string>>> files_of(const std::string& commit) const;
  Result<std::string> read_blob(const std::string& id) const;
  /// The id that git would give to this content.
  static std::string blob_id(const std::string& content);
  /// Does git ignore this path (relative to the root)?
  bool ignores(const std::string& path) const;
  /// Writes all files of a commit into `folder` (created); submodules become empty folders.
  Result<> export_tree(const std::string& commit, const std::string& folder) const;

 private:
  struct State;
  explicit Repo(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
  std::string root_;
};

}  // namespace ke
