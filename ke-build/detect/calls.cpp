// SPDX-License-Identifier: MIT
#include "ke-build/detect/calls.h"

#include "ke-build/base/files.h"
#include "ke-build/base/text.h"
#include "ke-build/detect/calls_search.h"
#include "ke-build/project/recipe.h"

namespace ke {
namespace {

/// What CMake lists among the sources of a target and compiles or links, but did not write itself.
bool is_linked(const SourceEntry& source) {
  if (ends_with(source.path, ".rule") || source.path.find("/cmake_pch.") != std::string::npos) return false;
  if (source.path.find("/Unity/unity_") != std::string::npos) return false;
  return source.group >= 0 || is_c_source(source.path) ||
         (ends_with(source.path, ".o") &&
          !source.generated);  // generated: another target's, whose sources count
}

}  // namespace

std::string Calls::absolute(const std::string& file) const {
  return file[0] == '/' ? file : snapshot_->root() + "/" + file;
}

const FileSummary* Calls::summary_of(const std::string& file) {
  if (file[0] != '/' && snapshot_->tracked(file)) return snapshot_->head_summary(file);
  return file[0] == '/' ? snapshot_->disk_summary(file) : nullptr;
}

void Calls::add_source(Index& index, Called source) {
  const auto id = static_cast<uint32_t>(index.sources.size());
  index.sources.push_back(std::move(source));
  const std::string& file = index.sources.back().file;
  const CompileGroup* group = index.sources.back().group;
  bool special = file[0] == '/' && !exists(file);  // not generated yet: any name may be in it
  const auto add = [&](const FileSummary* summary) {
    if (!summary) return;
    special |= summary->startup || !summary->made.empty();
    for (const std::string& name : summary->definitions) {
      index.by_name.emplace(name_hash(name), id);
      for (size_t i = 0; group && i < group->defines.size(); ++i) {  // -Dtwice=lib_twice
        const std::string& define = group->defines[i];
        if (starts_with(define, name + "="))
          index.by_name.emplace(name_hash(define.substr(name.size() + 1)), id);
      }
    }
    if (is_c_source(file)) return;
    for (const uint32_t name : summary->mentions)
      index.by_name.emplace(name, id);  // assembler: labels are words
  };
  add(summary_of(file));
  // What a changed file defined before counts as well: the caller may have lost it.
  const GitDelta* delta = snapshot_->delta(file);
  if (delta && !delta->old_blob.empty()) add(snapshot_->base_summary(*delta));
  if (special) index.special.push_back(id);
}

void Calls::add_target(Index& index, const TargetModel& target, std::set<std::string>& known) {
  // File API paths begin with the source folder as CMake was given it; one canonicalisation serves all of
  // them.
  const std::string top = targets_->model().source_dir, real_top = canonical(top);
  for (const SourceEntry& source : target.sources) {
    if (!is_linked(source)) continue;
    const std::string path =
        starts_with(source.path, top + "/") ? real_top + source.path.substr(top.size()) : source.path;
    const auto relative = snapshot_->relative_path(path);
    const bool in_git = relative && (snapshot_->tracked(*relative) || snapshot_->delta(*relative));
    if (!in_git && !relative && !source.generated) continue;  // outside of the repository
    const std::string file = in_git ? *relative : path;
    if (!known.insert(file).second) continue;
    const CompileGroup* group =
        source.group < 0 ? nullptr : &target.groups[static_cast<size_t>(source.group)];
    add_source(index, {.file = file, .target = &target, .group = group});
  }
  // A source that appeared or vanished may belong to the target through a glob.
  const auto folder = snapshot_->relative_path(canonical(target.source_dir)).value_or("");
  for (const GitDelta& delta : snapshot_->deltas()) {
    if (delta.kind == GitDelta::Kind::modified || !is_c_source(delta.path)) continue;
    if (!folder.empty() && !starts_with(delta.path, folder + "/")) continue;
    if (known.insert(delta.path).second) add_source(index, {.file = delta.path, .target = &target});
  }
}

Result<const Calls::Index*> Calls::index_of(const std::string& name) {
  const auto found = indexes_.find(name);
  if (found != indexes_.end()) return &found->second;
  Index index;
  std::set<std::string> known;
  KE_TRY(const auto targets, targets_->with_dependencies(name));
  for (const TargetModel* target : targets) add_target(index, *target, known);
  for (const std::string& file : more_) {
    if (known.insert(file).second) add_source(index, {.file = file});
  }
  return &indexes_.emplace(name, std::move(index)).first->second;
}

std::vector<std::string> Calls::sources(const std::string& target) {
  std::vector<std::string> files;
  if (const auto index = index_of(target)) {
    for (const Called& source : (*index)->sources) files.push_back(source.file);
  }
  return files;
}

std::vector<std::string> Calls::special_reads(const std::string& target) {
  std::vector<std::string> files;
  const auto index = index_of(target);
  for (size_t i = 0; index && i < (*index)->special.size(); ++i) {
    const Called& source = (*index)->sources[(*index)->special[i]];
    const auto& headers = headers_of(source);
    files.insert(files.end(), headers.begin(), headers.end());
    files.push_back(source.file);
  }
  return files;
}

std::vector<std::string> Calls::names_between(const std::string& caller, const std::string& called) {
  std::set<std::string> names;
  const FileSummary* from = caller.empty() ? nullptr : summary_of(caller);
  const auto match = [&](const FileSummary* summary) {
    for (size_t i = 0; from && summary && i < summary->definitions.size(); ++i) {
      if (mentions(*from, summary->definitions[i])) names.insert(summary->definitions[i]);
    }
  };
  match(summary_of(called));
  const GitDelta* delta = snapshot_->delta(called);
  if (delta && !delta->old_blob.empty()) match(snapshot_->base_summary(*delta));
  return {names.begin(), names.end()};
}

const IncludeEnvironment* Calls::environment_of(const Called& called) {
  const void* key = called.group ? static_cast<const void*>(called.group) : called.target;
  const auto known = environments_.find(key);
  if (known != environments_.end()) return &known->second;
  if (!called.target) return nullptr;
  const auto recipe =
      compile_recipe(targets_->model(), *called.target, absolute(called.file), targets_->configuration());
  if (!recipe) return nullptr;
  return &environments_.emplace(key, ke::environment_of(*recipe)).first->second;
}

const std::vector<std::string>& Calls::headers_of(const Called& source) {
  const auto [it, fresh] = headers_.try_emplace(source.file);
  if (!fresh) return it->second;
  const IncludeEnvironment* environment = environment_of(source);
  if (!environment) return it->second;
  for (const Reached& item : graph_->walk({absolute(source.file)}, *environment).reached) {
    if (item.kind == Reached::Kind::tracked && item.file != source.file) it->second.push_back(item.file);
  }
  return it->second;
}

Result<std::vector<Called>> Calls::reached(const std::string& target, const std::vector<std::string>& files,
                                           const std::set<std::string>& own) {
  KE_TRY(const Index* index, index_of(target));
  return Search(*this, *index, own).run(files);
}

}  // namespace ke
