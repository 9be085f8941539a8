// SPDX-License-Identifier: MIT
// A clean build of a commit: fresh clone, configured like the build folder that the user works in, built by
// the project's own commands.
#pragma once

#include "ke-build/evaluate/evaluate.h"
#include "ke-build/project/project.h"
#include "ke-ci/propose/git.h"

#include <string>

namespace ke {

struct CleanBuild {
  std::string folder;  // the clone
  Project project;     // of its own build folder
};

/// Where a commit of the user's repository is built: <scratch>/<name> and <scratch>/<name>-build.
struct BuildPlace {
  std::string scratch, name;
};
std::string clone_folder(const BuildPlace& place);

/// Configures and builds what lies in clone_folder(place). ERRORS: tool, with the project's own last lines.
Result<Project> configure_clone(const Project& like, const BuildPlace& place, double timeout_s);
Result<> build_clone(const Project& project, double timeout_s);
/// The base commit, built once per scratch folder and then reused. ERRORS: tool.
Result<CleanBuild> base_build(const Project& like, const std::string& commit, const std::string& scratch,
                              double timeout_s);

/// Removes clones and their builds, unless KE_KEEP_TEMP is set.
void remove_scratch(const std::string& folder);

struct TestRun {
  int64_t tests = 0;
  bool passed = true;
  std::string detail;  // one sentence
};
/// The project's own ctest, without the job's environment. ERRORS: not_found (no ctest).
Result<TestRun> run_own_tests(const Project& project, double timeout_s);

/// How the clone builds this operator's kernel, and the source as it lies there. ERRORS: as recipe_for(), io.
Result<Subject> subject_of(const Project& project, const Registration& registration);
/// Where the kernel's source lies in the repository. ERRORS: refused when it lies outside.
Result<std::string> repository_path(const Project& project, const std::string& source);

}  // namespace ke
