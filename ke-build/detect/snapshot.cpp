// SPDX-License-Identifier: MIT
#include "ke-build/detect/snapshot.h"

#include "ke-build/base/files.h"
#include "ke-build/base/text.h"

#include <algorithm>

namespace ke {
namespace {

constexpr uint64_t kSourceLimit_bytes = 64u << 20;
constexpr std::string_view kCacheName = "CMakeCache.txt";

/// Build folders in the work tree that git does not ignore are no change of anybody.
void drop_build_folders(std::vector<GitDelta>& deltas) {
  std::vector<std::string> folders;
  for (const GitDelta& delta : deltas) {
    if (delta.kind == GitDelta::Kind::added &&
        ends_with(delta.path, std::string("/") + std::string(kCacheName)))
      folders.push_back(delta.path.substr(0, delta.path.size() - kCacheName.size()));
  }
  std::erase_if(deltas, [&](const GitDelta& delta) {
    return delta.kind == GitDelta::Kind::added &&
           std::any_of(folders.begin(), folders.end(),
                       [&](const std::string& folder) { return starts_with(delta.path, folder); });
  });
}

}  // namespace

Result<Snapshot> Snapshot::make(const Repo& repo, DetectCache& cache, const std::string& base,
                                const std::string& head) {
  Snapshot snapshot(repo, cache);
  snapshot.base_ = base;
  snapshot.head_ = head;
  if (head.empty()) {
    KE_TRY(snapshot.deltas_, repo.diff_to_worktree(base));
    drop_build_folders(snapshot.deltas_);
  } else {
    KE_TRY(snapshot.deltas_, repo.diff(base, head));
  }
  for (size_t i = 0; i < snapshot.deltas_.size(); ++i) snapshot.delta_of_[snapshot.deltas_[i].path] = i;
  return snapshot;
}

const std::string& Snapshot::blob_of(const std::string& path) const {
  static const std::string kNone;
  if (const GitDelta* changed = delta(path)) return changed->submodule ? kNone : changed->new_blob;
  if (!files_) {
    files_.emplace();
    if (auto files = repo_->files_of(base_)) {
      files_->reserve(files->size());
      for (auto& [file, blob] : *files) files_->emplace(std::move(file), std::move(blob));
    }
  }
  const auto found = files_->find(path);
  return found == files_->end() ? kNone : found->second;
}

std::optional<std::string> Snapshot::relative_path(const std::string& absolute) const {
  const std::string& top = root();
  if (absolute.size() <= top.size() + 1 || absolute[top.size()] != '/' ||
      absolute.compare(0, top.size(), top) != 0) {
    return std::nullopt;
  }
  return absolute.substr(top.size() + 1);
}

const GitDelta* Snapshot::delta(const std::string& path) const {
  const auto found = delta_of_.find(path);
  return found == delta_of_.end() ? nullptr : &deltas_[found->second];
}

const GitDelta* Snapshot::passage_of(const std::string& path) const {
  for (const GitDelta& delta : deltas_) {
    if ((delta.submodule || delta.link) && starts_with(path, delta.path + "/")) return &delta;
  }
  return nullptr;
}

bool Snapshot::in_submodule(const std::string& absolute) const {
  if (!relative_path(absolute)) return false;
  for (size_t at = absolute.rfind('/'); at > root().size() && at != std::string::npos;
       at = absolute.rfind('/', at - 1)) {
    if (exists(absolute.substr(0, at) + "/.git")) return true;
  }
  return false;
}

Result<std::string> Snapshot::head_text(const std::string& path) const {
  const std::string& blob = blob_of(path);
  if (blob.empty()) return Error{ErrorCode::not_found, path + " does not exist at head"};
  // The disk is faster than the object store, and its content is checked against the id.
  auto text = read_file(join(root(), path), kSourceLimit_bytes);
  if (text && Repo::blob_id(*text) == blob) return text;
  auto stored = repo_->read_blob(blob);
  // The pointer of a large file stands for what is on disk.
  if (stored && text && starts_with(*stored, "version https://git-lfs.github.com/spec/")) return text;
  // What is not committed is not stored; filters (autocrlf) explain another id.
  return stored || !head_.empty() ? stored : text;
}

Result<std::string> Snapshot::base_text(const GitDelta& delta) const {
  if (delta.old_blob.empty()) return Error{ErrorCode::not_found, delta.path + " does not exist at base"};
  return repo_->read_blob(delta.old_blob);
}

bool Snapshot::on_disk(const std::string& path) const {
  const std::string& blob = blob_of(path);
  const auto text = read_file(join(root(), path), kSourceLimit_bytes);
  if (blob.empty() || !text) return blob.empty() && !text;
  if (head_.empty() || Repo::blob_id(*text) == blob) return true;
  const auto stored = repo_->read_blob(blob);
  return stored && replace_all(*stored, "\r\n", "\n") == replace_all(*text, "\r\n", "\n");
}

const FileSummary* Snapshot::summary(const std::string& blob, const Result<std::string>& text) {
  return text ? cache_->put(blob, summarize(*text)) : nullptr;
}

const FileSummary* Snapshot::head_summary(const std::string& path) {
  const std::string& blob = blob_of(path);
  if (blob.empty()) return nullptr;
  const FileSummary* known = cache_->find(blob);
  return known ? known : summary(blob, head_text(path));
}

const FileSummary* Snapshot::new_summary(const GitDelta& delta) {
  if (this->delta(delta.path) == &delta) return head_summary(delta.path);
  const FileSummary* known = cache_->find(delta.new_blob);
  return known ? known : summary(delta.new_blob, repo_->read_blob(delta.new_blob));
}

const FileSummary* Snapshot::base_summary(const GitDelta& delta) {
  const FileSummary* known = cache_->find(delta.old_blob);
  return known ? known : summary(delta.old_blob, base_text(delta));
}

const FileSummary* Snapshot::disk_summary(const std::string& absolute) {
  const auto found = outside_.find(absolute);
  if (found != outside_.end()) return &found->second;
  auto text = read_file(absolute, kSourceLimit_bytes);
  return text ? &outside_.emplace(absolute, summarize(*std::move(text))).first->second : nullptr;
}

const TextChange& Snapshot::change(const GitDelta& delta) {
  const auto found = changes_.find(delta.path);
  if (found != changes_.end()) return found->second;
  const auto before = base_text(delta), after = head_text(delta.path);
  TextChange change;
  if (before && after) {
    change = compare_texts(*before, *after);
  } else {
    change.items = {"changed in a way that cannot be read"};
    change.names = {""};
  }
  return changes_.emplace(delta.path, std::move(change)).first->second;
}

bool Snapshot::same_tokens(const GitDelta& delta) {
  if (delta.kind != GitDelta::Kind::modified || delta.submodule) return false;
  const FileSummary* before = base_summary(delta);
  const FileSummary* after = new_summary(delta);
  return before && after && before->token_hash == after->token_hash;
}

bool Snapshot::same_definitions(const GitDelta& delta) {
  if (delta.kind != GitDelta::Kind::modified || delta.submodule) return false;
  const FileSummary* before = base_summary(delta);
  const FileSummary* after = new_summary(delta);
  return before && after && before->definitions == after->definitions && !after->startup &&
         after->made.empty();
}

}  // namespace ke
