// SPDX-License-Identifier: MIT
// The user's project as its own build system describes it: which operators are declared, how each source file
// is compiled, what the target links. Everything comes from the CMake File API and from
// <build>/ke/operators.json, which the rules write; nothing is guessed. Both are parsed as hostile input.
#pragma once

#include "ke-build/base/result.h"
#include "ke-build/model/operator.h"
#include "ke-build/model/recipe.h"

#include <map>
#include <string>
#include <vector>

namespace ke {

struct Project {
  std::string source_dir;  // top CMake source folder
  std::string build_dir;
  std::string repository;     // root of the git work tree, or empty when it is not in git
  std::string generator;      // Ninja, Ninja Multi-Config, Unix Makefiles
  std::string configuration;  // the one that is used, e.g. Release
  std::vector<Registration> registrations;
};

/// Opens a configured build folder. When no File API reply is there yet (CMake 3.25 answers a query only on
/// the next configure), writes the query and runs `cmake <build_dir>` once. `configuration` selects one of a
/// multi-config build. ERRORS: not_found (no build folder, no CMakeCache.txt), usage (no operator is
/// declared), tool (configure failed).
Result<Project> open_project(const std::string& build_dir, const std::string& configuration = "");

/// ERRORS: usage, with the nearest declared name.
Result<Registration> find_registration(const Project& project, const std::string& name);

/// Flags, defines, includes and link inputs of the operator's kernel source, from the File API.
/// The target's archive or objects must have been built for `link` to exist on disk; see build_target().
Result<Recipe> recipe_for(const Project& project, const Registration& registration);

/// Runs `cmake --build <build_dir> --target <target>`. ERRORS: tool, with the last lines of output.
Result<> build_target(const Project& project, const std::string& target, double timeout_s);

/// Configures `source_dir` into `build_dir` with the cache settings that matter of another build (generator,
/// build type, compilers, CMAKE_PREFIX_PATH, KernelEvolve_DIR and the -D cache entries set by the user): for
/// clean clones and bases.
Result<> configure_like(const Project& like, const std::string& source_dir, const std::string& build_dir,
                        double timeout_s);

}  // namespace ke
