// SPDX-License-Identifier: MIT
#include "ke-ci/gate/sides.h"

#include "ke-build/base/files.h"
#include "ke-build/base/log.h"
#include "ke-build/base/text.h"

#include <fmt/format.h>

#include <filesystem>

#include <sys/stat.h>

namespace ke {
namespace {

/// Copies uncommitted content; links stay links, so that nothing outside is read.
Result<> copy_worktree_file(const std::string& from, const std::string& to) {
  namespace fs = std::filesystem;
  std::error_code failure;
  if (!fs::exists(fs::symlink_status(from, failure))) {
    fs::remove(to, failure);
    return ok();
  }
  KE_DO(make_dirs(fs::path(to).parent_path().string()));
  fs::remove(to, failure);
  fs::copy(from, to, fs::copy_options::copy_symlinks, failure);
  if (failure) return Error{ErrorCode::io, fmt::format("cannot copy {}: {}", from, failure.message())};
  return ok();
}

Result<bool> copy_uncommitted(const std::string& repository, const std::string& folder) {
  const Git git(repository);
  bool dirty = false;
  for (const std::vector<std::string>& question :
       {std::vector<std::string>{"diff", "--name-only", "--no-renames", "-z", "HEAD"},
        {"ls-files", "--others", "--exclude-standard", "-z"}}) {
    KE_TRY(const auto names, git(question));
    for (const std::string& name : split(names, '\0')) {
      // An untracked folder ending in '/' is a repository of its own: not ours to copy.
      if (name.empty() || name.back() == '/') continue;
      KE_DO(copy_worktree_file(join(repository, name), join(folder, name)));
      dirty = true;
    }
  }
  return dirty;
}

Result<CleanBuild> build_side(const Project& like, const BuildPlace& place, double timeout_s) {
  CleanBuild build;
  build.folder = clone_folder(place);
  KE_TRY(build.project, configure_clone(like, place, timeout_s));
  KE_DO(build_clone(build.project, timeout_s));
  return build;
}

}  // namespace

Result<Sides> find_sides(const Project& project, const std::string& base) {
  if (project.repository.empty())
    return Error{ErrorCode::usage, fmt::format("{} is not in a git repository", project.source_dir)};
  Sides sides;
  const Git git(project.repository);
  KE_TRY(sides.base_commit, git.commit_of(base));
  KE_TRY(sides.head_commit, git.commit_of("HEAD"));
  // The merge base is what the change was made on; without one the revision itself is.
  if (const auto merge_base = git({"merge-base", sides.base_commit, sides.head_commit}))
    sides.base_commit = *merge_base;
  return sides;
}

Result<> build_sides(Sides& sides, const Project& project, const std::string& scratch, double timeout_s) {
  sides.base_root = join(scratch, "base");
  sides.head_root = join(scratch, "head");
  for (const std::string& root : {sides.base_root, sides.head_root}) {
    KE_DO(remove_tree(root));
    KE_DO(make_dirs(root));
  }
  const BuildPlace base_place{sides.base_root, "tree"}, head_place{sides.head_root, "tree"};
  KE_DO(clone_at(project.repository, sides.base_commit, clone_folder(base_place)));
  KE_DO(clone_at(project.repository, sides.head_commit, clone_folder(head_place)));
  KE_TRY(sides.dirty, copy_uncommitted(project.repository, clone_folder(head_place)));
  log_progress(fmt::format("gate: building the base {}", sides.base_commit.substr(0, 12)));
  auto base_built = build_side(project, base_place, timeout_s);
  if (!base_built) return std::move(base_built).error().note("the base does not build");
  sides.base = std::move(*base_built);
  log_progress("gate: building the head");
  auto head_built = build_side(project, head_place, timeout_s);
  if (!head_built) return std::move(head_built).error().note("the head does not build");
  sides.head = std::move(*head_built);
  return ok();
}

}  // namespace ke
