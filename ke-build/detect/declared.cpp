// SPDX-License-Identifier: MIT
#include "ke-build/detect/declared.h"

#include "ke-build/base/files.h"
#include "ke-build/base/text.h"
#include "ke-build/project/json_access.h"

#include <fmt/format.h>

#include <algorithm>

namespace ke {
namespace {

constexpr const char* kLock = "ke.lock.json";

/// JSON path of the first member that differs, at most two levels below the root.
std::string first_difference(const Json& before, const Json& after, const std::string& path, int depth) {
  if (!before.is_object() || !after.is_object() || depth == 0) return path;
  for (const auto& [key, value] : after.items()) {
    const Json* old = member(before, key.c_str());
    if (!old) return path + "." + key;
    if (*old != value) return first_difference(*old, value, path + "." + key, depth - 1);
  }
  for (const auto& [key, value] : before.items()) {
    if (!member(after, key.c_str())) return path + "." + key;
  }
  return path;
}

std::string parent_of(const std::string& folder) {
  const size_t slash = folder.rfind('/');
  return slash == std::string::npos ? "" : folder.substr(0, slash);
}

/// The operator's entry in the nearest lock at or above `folder` (relative to the repository), as one line of
/// JSON.
template <class ReadText>
Result<std::string> lock_entry(const ReadText& read, std::string folder, const std::string& name) {
  for (;;) {
    const std::string path = folder.empty() ? kLock : folder + "/" + kLock;
    KE_TRY(const std::string text, read(path));
    if (!text.empty()) {
      KE_TRY(const auto lock, parse_json(text, path));
      const Json* operators = member(lock, "operators");
      if (!operators || !operators->is_object()) {
        return Error{ErrorCode::usage, fmt::format("{}: $.operators: expected an object", path)};
      }
      const Json* entry = member(*operators, name.c_str());
      return entry ? to_line(*entry) : std::string();
    }
    if (folder.empty()) return std::string();
    folder = parent_of(folder);
  }
}

std::vector<std::string> folders_of(const Snapshot& snapshot, const Project& project,
                                    const Registration& registration) {
  std::vector<std::string> folders;
  const auto add = [&](const std::string& file) {
    if (const auto path = snapshot.relative_path(canonical(file))) folders.push_back(parent_of(*path));
  };
  const std::string declared = registration.declared_at.substr(0, registration.declared_at.rfind(':'));
  if (!declared.empty()) add(declared[0] == '/' ? declared : join(project.source_dir, declared));
  if (!registration.sources.empty()) add(registration.sources[0]);
  return folders;
}

}  // namespace

bool same_json(Snapshot& snapshot, const GitDelta& delta) {
  if (delta.kind != GitDelta::Kind::modified) return false;
  const auto before = snapshot.base_text(delta), after = snapshot.head_text(delta.path);
  if (!before || !after) return false;
  const auto old_json = parse_json(*before, delta.path), new_json = parse_json(*after, delta.path);
  return old_json && new_json && *old_json == *new_json;
}

DeclaredChange spec_change(Snapshot& snapshot, const Registration& registration) {
  const auto path = snapshot.relative_path(canonical(registration.spec));
  if (!path) {
    return {registration.spec, "unknown: the spec is outside of the repository", true};
  }
  const GitDelta* delta = snapshot.delta(*path);
  if (!delta) {
    if (snapshot.tracked(*path)) return {};
    return {*path, "unknown: the spec is not in git", true};
  }
  if (delta->kind == GitDelta::Kind::added) return {*path, "new spec", false};
  if (delta->kind == GitDelta::Kind::deleted) return {*path, "deleted spec", false};
  if (same_json(snapshot, *delta)) return {};
  const auto before = snapshot.base_text(*delta), after = snapshot.head_text(*path);
  if (!before || !after) return {*path, "changed spec", false};
  const auto old_json = parse_json(*before, *path), new_json = parse_json(*after, *path);
  if (!old_json || !new_json) return {*path, "changed spec (not valid JSON)", false};
  return {*path, "changed " + first_difference(*old_json, *new_json, "$", 2), false};
}

DeclaredChange lock_change(Snapshot& snapshot, const Repo& repo, const Project& project,
                           const Registration& registration) {
  const GitDelta* changed = nullptr;
  for (const GitDelta& delta : snapshot.deltas()) {
    if (delta.path == kLock || ends_with(delta.path, std::string("/") + kLock)) changed = &delta;
  }
  if (!changed) return {};
  const auto at_base = [&](const std::string& path) -> Result<std::string> {
    KE_TRY(const std::string blob, repo.blob_at(snapshot.base(), path));
    if (blob.empty()) return std::string();
    return repo.read_blob(blob);
  };
  const auto at_head = [&](const std::string& path) -> Result<std::string> {
    return snapshot.tracked(path) ? snapshot.head_text(path) : std::string();
  };
  for (const std::string& folder : folders_of(snapshot, project, registration)) {
    const auto before = lock_entry(at_base, folder, registration.name);
    const auto after = lock_entry(at_head, folder, registration.name);
    if (!before || !after) {
      return {changed->path, "unknown: " + (before ? after : before).error().message, true};
    }
    if (*before != *after) {
      return {changed->path,
              fmt::format("{} entry operators.{}",
                          before->empty()  ? "new"
                          : after->empty() ? "deleted"
                                           : "changed",
                          registration.name),
              false};
    }
  }
  return {};
}

}  // namespace ke
