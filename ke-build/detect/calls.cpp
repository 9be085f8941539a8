// SPDX-License-Identifier: MIT
#include "ke-build/detect/calls.h"

#include "ke-build/base/files.h"
#include "ke-build/base/text.h"

namespace ke {

void Calls::add_source(Index& index, Source source) {
  const auto id = static_cast<uint32_t>(index.sources.size());
  index.sources.push_back(std::move(source));
  const std::string& file = index.sources.back().file;
  const auto add = [&](const FileSummary* summary) {
    if (!summary) return;
    for (const std::string& name : summary->definitions) index.by_name.emplace(name_hash(name), id);
  };
  if (snapshot_->tracked(file)) add(snapshot_->head_summary(file));
  // What a changed file defined before counts as well: the caller may have lost it.
  const GitDelta* delta = snapshot_->delta(file);
  if (delta && !delta->old_blob.empty()) add(snapshot_->base_summary(*delta));
}

Result<const Calls::Index*> Calls::index_of(const std::string& name) {
  const auto found = indexes_.find(name);
  if (found != indexes_.end()) return &found->second;
  Index index;
  std::set<std::string> known;
  KE_TRY(const auto targets, targets_->with_dependencies(name));
  // File API paths begin with the source folder as CMake was given it; one canonicalisation serves all of
  // them.
  const std::string top = targets_->model().source_dir, real_top = canonical(top);
  for (const TargetModel* target : targets) {
    for (const SourceEntry& source : target->sources) {
      const std::string path =
          starts_with(source.path, top + "/") ? real_top + source.path.substr(top.size()) : source.path;
      const auto file = snapshot_->relative_path(path);
      if (!file || !is_c_source(*file) || !known.insert(*file).second) continue;
      const CompileGroup* group =
          source.group < 0 ? nullptr : &target->groups[static_cast<size_t>(source.group)];
      add_source(index, {*file, target, group});
    }
    // A source that appeared or vanished may belong to the target through a glob.
    const auto folder = snapshot_->relative_path(canonical(target->source_dir)).value_or("");
    for (const GitDelta& delta : snapshot_->deltas()) {
      if (delta.kind == GitDelta::Kind::modified || !is_c_source(delta.path)) continue;
      if (!folder.empty() && !starts_with(delta.path, folder + "/")) continue;
      if (known.insert(delta.path).second) add_source(index, {delta.path, target, nullptr});
    }
  }
  return &indexes_.emplace(name, std::move(index)).first->second;
}

std::vector<std::string> Calls::sources(const std::string& target) {
  std::vector<std::string> files;
  if (const auto index = index_of(target)) {
    for (const Source& source : (*index)->sources) files.push_back(source.file);
  }
  return files;
}

std::vector<std::string> Calls::names_between(const std::string& caller, const std::string& called) {
  std::set<std::string> names;
  const FileSummary* from = snapshot_->head_summary(caller);
  const auto match = [&](const FileSummary* summary) {
    for (size_t i = 0; from && summary && i < summary->definitions.size(); ++i) {
      if (mentions(*from, summary->definitions[i])) names.insert(summary->definitions[i]);
    }
  };
  if (snapshot_->tracked(called)) match(snapshot_->head_summary(called));
  const GitDelta* delta = snapshot_->delta(called);
  if (delta && !delta->old_blob.empty()) match(snapshot_->base_summary(*delta));
  return {names.begin(), names.end()};
}

Result<std::vector<Called>> Calls::reached(const std::string& target, const std::vector<std::string>& files,
                                           const std::set<std::string>& own) {
  KE_TRY(const Index* index, index_of(target));
  std::set<uint32_t> hidden;
  for (const std::string& file : own) {
    const FileSummary* summary = snapshot_->head_summary(file);
    for (size_t i = 0; summary && i < summary->definitions.size(); ++i)
      hidden.insert(name_hash(summary->definitions[i]));
  }
  std::vector<Called> result;
  std::set<std::string> seen = own;
  const auto follow = [&](const std::string& from, int parent) {
    const FileSummary* summary = snapshot_->head_summary(from);
    if (!summary) return;
    for (const uint32_t name : summary->mentions) {
      if (parent < 0 && hidden.contains(name)) continue;
      const auto [begin, end] = index->by_name.equal_range(name);
      for (auto it = begin; it != end; ++it) {
        const Source& source = index->sources[it->second];
        if (source.file == from || !seen.insert(source.file).second) continue;
        result.push_back({source.file, source.target, source.group, from, parent});
      }
    }
  };
  for (const std::string& file : files) follow(file, -1);
  for (size_t i = 0; i < result.size(); ++i) {
    const std::string file = result[i].file;
    follow(file, static_cast<int>(i));
  }
  return result;
}

}  // namespace ke
