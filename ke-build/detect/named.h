// SPDX-License-Identifier: MIT
// Changed files that no include leads to, but the build's own words: response files and links on a command
// line, prebuilt libraries, and what CMake scripts read while they configure.
#pragma once

#include "ke-build/detect/snapshot.h"
#include "ke-build/project/file_api.h"
#include "ke-build/project/project.h"

#include <string>
#include <vector>

namespace ke {

/// A changed symbolic link or a changed file that is no C text, named by one of the words; or nullptr.
const GitDelta* named_on(const std::vector<std::string>& words, const Snapshot& snapshot,
                         const Project& project);
/// A changed object, archive, shared library or linker script that a CMake file names; or nullptr.
const GitDelta* named_binary(const Snapshot& snapshot, const CodeModel& model);
/// Changed files that CMake reads though they are not CMake files: what its scripts, and the scripts that
/// these run, call by name. C texts count where file(READ) and its like name them.
std::vector<std::string> read_by_cmake(const Snapshot& snapshot, const CodeModel& model);
/// "changed submodule x", "changed symbolic link x".
std::string what_passage(const GitDelta& delta);

}  // namespace ke
