// SPDX-License-Identifier: MIT
#include "ke-build/detect/shortcut.h"

#include "ke-build/base/files.h"
#include "ke-build/base/text.h"

#include <algorithm>

namespace ke {
namespace {

constexpr uint64_t kCacheLimit_bytes = 64u << 20;

/// A hash of what the build system declares. CMake puts a hash of the content into the names of its replies.
std::string configuration_of(const Project& project, const Targets& targets) {
  std::string text = project.source_dir + "\n" + project.build_dir + "\n" + project.configuration + "\n";
  for (const TargetRef& target : targets.chosen().targets) text += target.json_file + "\n";
  for (const char* file : {"ke/operators.json", "CMakeCache.txt"}) {
    const auto content = read_file(join(project.build_dir, file), kCacheLimit_bytes);
    text += content ? *content : "?";
  }
  return sha256(text);
}

std::string name_of_file(const std::string& path) { return path.substr(path.rfind('/') + 1); }

}  // namespace

Shortcut::Shortcut(const Project& project, const Repo& repo, const Targets& targets, Snapshot& snapshot,
                   const std::string& cache_path, bool cmake_changed)
    : snapshot_(snapshot),
      model_(targets.model()),
      footprints_(cache_path.empty() ? "" : cache_path + ".footprints",
                  cache_path.empty() ? "" : configuration_of(project, targets)),
      enabled_(!cache_path.empty() && !cmake_changed) {
  enabled_ = enabled_ && std::all_of(snapshot.deltas().begin(), snapshot.deltas().end(),
                                     [&](const GitDelta& delta) { return usable(delta); });
  usable_ = enabled_ && collect_differences(repo);
}

/// Footprints name files that were read; a file that appears or vanishes may matter by its absence.
bool Shortcut::usable(const GitDelta& delta) const {
  const std::string name = name_of_file(delta.path);
  if (ends_with(name, ".md") || ends_with(name, ".rst")) return true;
  return delta.kind == GitDelta::Kind::modified && !delta.submodule && name != "ke.lock.json";
}

bool Shortcut::collect_differences(const Repo& repo) {
  if (footprints_.commit().empty()) return false;
  if (footprints_.commit() != snapshot_.base()) {
    auto since = repo.diff(footprints_.commit(), snapshot_.base());
    if (!since) return false;
    since_ = *std::move(since);
  }
  for (const GitDelta& delta : since_) {
    const std::string name = name_of_file(delta.path);
    const std::string absolute = join(snapshot_.root(), delta.path);
    const auto& inputs = model_.cmake_inputs;
    const bool cmake = name == "CMakeLists.txt" || ends_with(name, ".cmake") ||
                       ends_with(name, "Presets.json") ||
                       std::find(inputs.begin(), inputs.end(), absolute) != inputs.end();
    if (cmake || !usable(delta)) return false;
    differences_.push_back(&delta);
  }
  for (const GitDelta& delta : snapshot_.deltas()) differences_.push_back(&delta);
  return true;
}

bool Shortcut::unaffected(const std::string& name) {
  if (!usable_ || !footprints_.holds(name, differences_, snapshot_)) return false;
  held_.insert(name);
  return true;
}

void Shortcut::learn(const std::string& name, Footprint footprint) {
  learnt_.insert_or_assign(name, std::move(footprint));
}

void Shortcut::save() {
  if (!enabled_ || (learnt_.empty() && held_.empty())) return;
  // Of a work tree nothing can be said later but what holds for its base as well.
  const bool worktree = snapshot_.head().empty();
  if (worktree) {
    for (const GitDelta& delta : snapshot_.deltas()) {
      std::erase_if(learnt_, [&](const auto& item) {
        return item.second.reads.contains(delta.path) || item.second.sources.contains(delta.path);
      });
    }
  }
  const std::string& commit = worktree ? snapshot_.base() : snapshot_.head();
  if (learnt_.empty() && commit == footprints_.commit()) return;
  footprints_.keep(commit, learnt_, held_);
}

}  // namespace ke
