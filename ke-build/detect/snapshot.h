// SPDX-License-Identifier: MIT
// The two sides that are compared: what differs between base and head, and what every file holds at head.
#pragma once

#include "ke-build/detect/cache.h"
#include "ke-build/detect/describe.h"
#include "ke-build/project/repo.h"

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace ke {

class Snapshot {
 public:
  /// `head` is a commit id, or empty for the work tree. Repository and cache must outlive the snapshot.
  static Result<Snapshot> make(const Repo& repo, DetectCache& cache, const std::string& base,
                               const std::string& head);

  const std::string& root() const { return repo_->root(); }
  const std::string& base() const { return base_; }
  const std::string& head() const { return head_; }  // empty: the work tree
  const std::vector<GitDelta>& deltas() const { return deltas_; }
  /// Hash of the content at head, or the path itself when git does not know it.
  std::string content_key(const std::string& path) const { return path + blob_of(path); }

  /// Repository-relative form of an absolute path, or nullopt when it lies outside.
  std::optional<std::string> relative_path(const std::string& absolute) const;
  const GitDelta* delta(const std::string& path) const;
  /// The changed submodule or symbolic link that `path` leads through, or nullptr.
  const GitDelta* passage_of(const std::string& path) const;
  /// Does the absolute path lie in a repository inside of this one, which a commit id stands for?
  bool in_submodule(const std::string& absolute) const;
  bool tracked(const std::string& path) const { return !blob_of(path).empty(); }

  Result<std::string> head_text(const std::string& path) const;
  Result<std::string> base_text(const GitDelta& delta) const;
  /// Does the file on disk hold what head has? Compilers read the disk.
  bool on_disk(const std::string& path) const;

  /// nullptr when the file cannot be read.
  const FileSummary* head_summary(const std::string& path);
  const FileSummary* base_summary(const GitDelta& delta);
  /// Of a file outside of git, by the content that it has now.
  const FileSummary* disk_summary(const std::string& absolute);
  /// For a modified file; the comparison is made once.
  const TextChange& change(const GitDelta& delta);
  /// Only comments and white space changed, read as C. The delta may be of another comparison.
  bool same_tokens(const GitDelta& delta);
  /// Other sources find the same functions and variables in it as before, and nothing else ties them to it.
  bool same_definitions(const GitDelta& delta);

 private:
  Snapshot(const Repo& repo, DetectCache& cache) : repo_(&repo), cache_(&cache) {}
  const FileSummary* summary(const std::string& blob, const Result<std::string>& text);
  const FileSummary* new_summary(const GitDelta& delta);
  /// At head, or "" when there is no such file.
  const std::string& blob_of(const std::string& path) const;

  const Repo* repo_;
  DetectCache* cache_;
  std::string base_, head_;
  std::vector<GitDelta> deltas_;
  std::unordered_map<std::string, size_t> delta_of_;
  // Of base; large, and read when a file that did not change is asked for.
  mutable std::optional<std::unordered_map<std::string, std::string>> files_;
  std::unordered_map<std::string, TextChange> changes_;
  std::unordered_map<std::string, FileSummary> outside_;
};

}  // namespace ke
