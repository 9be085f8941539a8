// SPDX-License-Identifier: MIT
// What a changed CMake file means for every operator: both revisions are configured into scratch folders and
// compared, instead of calling everything affected.
#pragma once

#include "ke-build/detect/snapshot.h"
#include "ke-build/project/file_api.h"
#include "ke-build/project/project.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace ke {

/// The text without comments and with single spaces, as cmake-language(7) reads it.
std::string canonical_cmake(const std::string& text);

struct CmakeChanges {
  std::vector<std::string> files;  // changed inputs of CMake, relative; comment-only ones are not among them
  std::map<std::string, std::string> reasons;  // operator -> "changed flags -O2", "new registration", ...
  std::map<std::string, std::string> unknown;  // operator -> why it could not be known
  /// Sources of the operators' targets, and of those behind them, that are compiled in another way or by one
  /// side only; relative to the repository -> "changed flags: added -O2".
  std::map<std::string, std::string> sources;
  std::vector<Registration> added, removed;
  /// Files that cmake writes into the build folder (relative to it) and that differ; compared as C tokens.
  std::set<std::string> configured_files;
  /// Commands that make files, by path relative to the build folder, when base and head differ.
  std::set<std::string> changed_commands;
  std::string failure;  // why both could not be configured: everything is unknown then
};

/// The presets and what they include, at head, when a JSON file changed.
std::set<std::string> preset_files(const Snapshot& snapshot);

/// Changed files that CMake reads.
std::vector<std::string> changed_cmake_files(Snapshot& snapshot, const CodeModel& model);

/// Configures base and head and compares all operators. ERRORS: io.
Result<CmakeChanges> compare_configurations(const Project& project, Snapshot& snapshot, const Repo& repo,
                                            std::vector<std::string> files);

}  // namespace ke
