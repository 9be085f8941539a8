// SPDX-License-Identifier: MIT
// CMakeCache.txt: which settings a build folder was configured with.
#pragma once

#include "ke-build/base/result.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace ke {

struct CacheEntry {
  std::string name, type, value;   // type: BOOL, STRING, PATH, FILEPATH, UNINITIALIZED, INTERNAL, STATIC
  bool from_command_line = false;  // set with -D and never declared by the project
};
using CmakeCache = std::map<std::string, CacheEntry>;

CmakeCache parse_cmake_cache(std::string_view text);
/// ERRORS: not_found, with what to do.
Result<CmakeCache> read_cmake_cache(const std::string& build_dir);
/// The entry's value, or "".
std::string value_of(const CmakeCache& cache, const std::string& name);

/// `-Dname:TYPE=value` arguments that decide the build and are set by people, not found by CMake: build type,
/// compilers, flags, toolchain file, prefix path, package folders, and whatever came from the command line.
std::vector<std::string> basic_settings(const CmakeCache& cache);
/// Entries of `like` that differ from what the project sets by itself in every one of `defaults` (caches
/// configured with the basic settings only): those were set by a person. Values that name one of the folders
/// are left out.
std::vector<std::string> personal_settings(const CmakeCache& like,
                                           const std::vector<const CmakeCache*>& defaults);

/// Runs `cmake -S source_dir -B build_dir` with the generator of `like` and our query. ERRORS: tool.
Result<> run_configure(const CmakeCache& like, const std::string& source_dir, const std::string& build_dir,
                       const std::vector<std::string>& settings, double timeout_s);

}  // namespace ke
