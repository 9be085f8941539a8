// SPDX-License-Identifier: MIT
#include "ke-build/project/repo.h"

#include "ke-build/base/files.h"

#include <fmt/format.h>
#include <git2.h>

#include <algorithm>
#include <optional>

namespace ke {

/// Owns one libgit2 object.
template <class T, void (*Free)(T*)>
class Owned {
 public:
  Owned() = default;
  Owned(const Owned&) = delete;
  Owned& operator=(const Owned&) = delete;
  ~Owned() {
    if (pointer_) Free(pointer_);
  }
  T** out() { return &pointer_; }
  T* get() const { return pointer_; }

 private:
  T* pointer_ = nullptr;
};

namespace {

using Object = Owned<git_object, git_object_free>;
using Commit = Owned<git_commit, git_commit_free>;
using Tree = Owned<git_tree, git_tree_free>;
using Diff = Owned<git_diff, git_diff_free>;
using Blob = Owned<git_blob, git_blob_free>;
using Entry = Owned<git_tree_entry, git_tree_entry_free>;

/// The library counts initialisations; one for the life of the process is enough.
void start_library() {
  static const int once = [] {
    git_libgit2_init();
    // CI checkouts often belong to another user; what is read here is treated as hostile anyway and nothing
    // is executed.
    git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
    return 0;
  }();
  (void)once;
}

std::string last_message() {
  const git_error* error = git_error_last();
  return error && error->message ? error->message : "unknown libgit2 error";
}

Error git_failed(const std::string& what) {
  return {ErrorCode::io, fmt::format("{}: {}", what, last_message())};
}

std::string hex(const git_oid& id) {
  char text[GIT_OID_HEXSZ + 1];
  git_oid_tostr(text, sizeof text, &id);
  return text;
}

std::string blob_text(const git_diff_file& file) {
  return (file.flags & GIT_DIFF_FLAG_VALID_ID) && !git_oid_is_zero(&file.id) ? hex(file.id) : std::string();
}

void add_delta(const git_diff_delta& delta, std::vector<GitDelta>& deltas) {
  GitDelta result;
  const bool old_exists = delta.status != GIT_DELTA_ADDED && delta.status != GIT_DELTA_UNTRACKED;
  const bool new_exists = delta.status != GIT_DELTA_DELETED;
  result.kind = !old_exists   ? GitDelta::Kind::added
                : !new_exists ? GitDelta::Kind::deleted
                              : GitDelta::Kind::modified;
  result.path = new_exists ? delta.new_file.path : delta.old_file.path;
  if (old_exists) result.old_blob = blob_text(delta.old_file);
  if (new_exists) result.new_blob = blob_text(delta.new_file);
  result.submodule = delta.old_file.mode == GIT_FILEMODE_COMMIT || delta.new_file.mode == GIT_FILEMODE_COMMIT;
  result.link = delta.old_file.mode == GIT_FILEMODE_LINK || delta.new_file.mode == GIT_FILEMODE_LINK;
  deltas.push_back(std::move(result));
}

void sort_deltas(std::vector<GitDelta>& deltas) {
  std::sort(deltas.begin(), deltas.end(),
            [](const GitDelta& a, const GitDelta& b) { return a.path < b.path; });
}

}  // namespace

struct Repo::State {
  Owned<git_repository, git_repository_free> repository;

  git_repository* get() const { return repository.get(); }

  Result<> commit(const std::string& id, Commit& into) const {
    git_oid oid;
    if (git_oid_fromstr(&oid, id.c_str()) != 0 || git_commit_lookup(into.out(), get(), &oid) != 0) {
      return git_failed(fmt::format("commit {}", id));
    }
    return ok();
  }
  Result<> tree(const std::string& commit_id, Tree& into) const {
    Commit found;
    KE_DO(commit(commit_id, found));
    if (git_commit_tree(into.out(), found.get()) != 0)
      return git_failed(fmt::format("tree of {}", commit_id));
    return ok();
  }
};

Repo::Repo(std::unique_ptr<State> state) : state_(std::move(state)) {}
Repo::Repo(Repo&&) noexcept = default;
Repo& Repo::operator=(Repo&&) noexcept = default;
Repo::~Repo() = default;

Result<Repo> Repo::open(const std::string& path) {
  start_library();
  auto state = std::make_unique<State>();
  if (git_repository_open_ext(state->repository.out(), path.c_str(), GIT_REPOSITORY_OPEN_CROSS_FS, nullptr) !=
      0) {
    return Error{ErrorCode::usage,
                 fmt::format("{} is not in a git repository ({}); run `git init` and commit, or work in "
                             "a clone",
                             path, last_message())};
  }
  const char* root = git_repository_workdir(state->get());
  if (!root)
    return Error{ErrorCode::usage, fmt::format("{} is a bare git repository; work in a clone of it", path)};
  Repo repo(std::move(state));
  repo.root_ = canonical(root);
  if (repo.root_.size() > 1 && repo.root_.back() == '/') repo.root_.pop_back();
  return repo;
}

bool Repo::is_shallow() const { return git_repository_is_shallow(state_->get()) == 1; }

Result<std::string> Repo::resolve(const std::string& revision) const {
  Object object, commit;
  if (revision.empty() || git_revparse_single(object.out(), state_->get(), revision.c_str()) != 0 ||
      git_object_peel(commit.out(), object.get(), GIT_OBJECT_COMMIT) != 0) {
    const std::string help = is_shallow()
                                 ? "this is a shallow clone; run `git fetch --unshallow` (actions/checkout: "
                                   "fetch-depth: 0)"
                                 : "name a commit, branch or tag that exists here (`git fetch` it first)";
    return Error{ErrorCode::usage, fmt::format("{}: unknown revision '{}'; {}", root_, revision, help)};
  }
  return hex(*git_object_id(commit.get()));
}

Result<std::string> Repo::merge_base(const std::string& a, const std::string& b) const {
  git_oid first, second, base;
  if (git_oid_fromstr(&first, a.c_str()) != 0 || git_oid_fromstr(&second, b.c_str()) != 0) {
    return git_failed(fmt::format("merge base of {} and {}", a, b));
  }
  if (git_merge_base(&base, state_->get(), &first, &second) != 0) {
    const std::string help = is_shallow() ? "this is a shallow clone; run `git fetch --unshallow`"
                                          : "their histories are unrelated; choose another base";
    return Error{ErrorCode::usage, fmt::format("{}: {} and {} have no common ancestor here; {}", root_,
                                               a.substr(0, 12), b.substr(0, 12), help)};
  }
  return hex(base);
}

Result<std::string> Repo::tree_of(const std::string& commit) const {
  Tree tree;
  KE_DO(state_->tree(commit, tree));
  return hex(*git_tree_id(tree.get()));
}

Result<std::vector<GitDelta>> Repo::diff(const std::string& base, const std::string& head) const {
  Tree old_tree, new_tree;
  KE_DO(state_->tree(base, old_tree));
  KE_DO(state_->tree(head, new_tree));
  git_diff_options options = GIT_DIFF_OPTIONS_INIT;
  Diff diff;
  if (git_diff_tree_to_tree(diff.out(), state_->get(), old_tree.get(), new_tree.get(), &options) != 0) {
    return git_failed(fmt::format("diff {}..{}", base, head));
  }
  std::vector<GitDelta> deltas;
  for (size_t i = 0; i < git_diff_num_deltas(diff.get()); ++i)
    add_delta(*git_diff_get_delta(diff.get(), i), deltas);
  sort_deltas(deltas);
  return deltas;
}

Result<std::vector<GitDelta>> Repo::diff_to_worktree(const std::string& base) const {
  Tree tree;
  KE_DO(state_->tree(base, tree));
  git_diff_options options = GIT_DIFF_OPTIONS_INIT;
  // The index' stat cache spares reading unchanged files; a modified file is hashed, so times never decide.
  options.flags = GIT_DIFF_INCLUDE_UNTRACKED | GIT_DIFF_RECURSE_UNTRACKED_DIRS | GIT_DIFF_INCLUDE_TYPECHANGE;
  Diff diff;
  if (git_diff_tree_to_workdir_with_index(diff.out(), state_->get(), tree.get(), &options) != 0) {
    return git_failed(fmt::format("diff {}..worktree", base));
  }
  std::vector<GitDelta> deltas;
  for (size_t i = 0; i < git_diff_num_deltas(diff.get()); ++i) {
    add_delta(*git_diff_get_delta(diff.get(), i), deltas);
    GitDelta& delta = deltas.back();
    if (delta.kind == GitDelta::Kind::deleted || delta.submodule) continue;
    git_oid id;
    if (git_repository_hashfile(&id, state_->get(), join(root_, delta.path).c_str(), GIT_OBJECT_BLOB,
                                delta.path.c_str()) == 0) {
      delta.new_blob = hex(id);
    }
    if (delta.kind == GitDelta::Kind::modified && delta.new_blob == delta.old_blob) deltas.pop_back();
  }
  sort_deltas(deltas);
  return deltas;
}

Result<std::string> Repo::blob_at(const std::string& commit, const std::string& path) const {
  Tree tree;
  KE_DO(state_->tree(commit, tree));
  Entry entry;
  const int found = git_tree_entry_bypath(entry.out(), tree.get(), path.c_str());
  if (found == GIT_ENOTFOUND || (found == 0 && git_tree_entry_type(entry.get()) != GIT_OBJECT_BLOB))
    return std::string();
  if (found != 0) return git_failed(fmt::format("{}:{}", commit, path));
  return hex(*git_tree_entry_id(entry.get()));
}

Result<std::vector<std::pair<std::string, std::string>>> Repo::files_of(const std::string& commit) const {
  Tree tree;
  KE_DO(state_->tree(commit, tree));
  std::vector<std::pair<std::string, std::string>> files;
  const auto visit = [](const char* folder, const git_tree_entry* entry, void* into) -> int {
    if (git_tree_entry_type(entry) == GIT_OBJECT_BLOB) {
      static_cast<decltype(files)*>(into)->emplace_back(std::string(folder) + git_tree_entry_name(entry),
                                                        hex(*git_tree_entry_id(entry)));
    }
    return 0;
  };
  if (git_tree_walk(tree.get(), GIT_TREEWALK_PRE, visit, &files) != 0) {
    return git_failed(fmt::format("files of {}", commit));
  }
  std::sort(files.begin(), files.end());
  return files;
}

Result<std::string> Repo::read_blob(const std::string& id) const {
  git_oid oid;
  Blob blob;
  if (git_oid_fromstr(&oid, id.c_str()) != 0 || git_blob_lookup(blob.out(), state_->get(), &oid) != 0) {
    return git_failed(fmt::format("blob {}", id));
  }
  return std::string(static_cast<const char*>(git_blob_rawcontent(blob.get())),
                     static_cast<size_t>(git_blob_rawsize(blob.get())));
}

std::string Repo::blob_id(const std::string& content) {
  start_library();
  git_oid id;
  return git_odb_hash(&id, content.data(), content.size(), GIT_OBJECT_BLOB) == 0 ? hex(id) : std::string();
}

bool Repo::ignores(const std::string& path) const {
  int ignored = 0;
  return git_ignore_path_is_ignored(&ignored, state_->get(), path.c_str()) == 0 && ignored == 1;
}

Result<> Repo::export_tree(const std::string& commit, const std::string& folder) const {
  Tree tree;
  KE_DO(state_->tree(commit, tree));
  KE_DO(make_dirs(folder));
  git_checkout_options options = GIT_CHECKOUT_OPTIONS_INIT;
  options.checkout_strategy =
      GIT_CHECKOUT_FORCE | GIT_CHECKOUT_DONT_UPDATE_INDEX | GIT_CHECKOUT_DONT_WRITE_INDEX;
  options.target_directory = folder.c_str();
  if (git_checkout_tree(state_->get(), reinterpret_cast<git_object*>(tree.get()), &options) != 0) {
    return git_failed(fmt::format("writing {} into {}", commit.substr(0, 12), folder));
  }
  return ok();
}

}  // namespace ke
