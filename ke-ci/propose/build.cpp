// SPDX-License-Identifier: MIT
#include "ke-ci/propose/build.h"

#include "ke-build/base/files.h"
#include "ke-build/base/log.h"
#include "ke-build/base/process.h"
#include "ke-build/base/text.h"
#include "ke-ci/propose/paths.h"

#include <fmt/format.h>

#include <cstdlib>

namespace ke {
namespace {

std::string build_folder(const BuildPlace& place) { return join(place.scratch, place.name + "-build"); }

/// ctest's summary: `100% tests passed, 0 tests failed out of 12`.
int64_t total_tests(const std::string& listing) {
  const std::string key = "Total Tests: ";
  const size_t at = listing.rfind(key);
  return at == std::string::npos ? 0 : std::atoll(listing.c_str() + at + key.size());
}

Command test_command(const Project& project, std::vector<std::string> arguments, double timeout_s) {
  Command command{.argv = {"ctest", "--test-dir", project.build_dir}, .timeout_s = timeout_s};
  if (!project.configuration.empty()) command.argv.insert(command.argv.end(), {"-C", project.configuration});
  command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
  // Tests run candidate code: no token, no agent socket, no cloud credential of the job is in their reach.
  command.clear_environment = true;
  for (const char* name : {"PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "LD_LIBRARY_PATH"}) {
    if (const char* value = std::getenv(name)) command.environment[name] = value;
  }
  return command;
}

}  // namespace

std::string clone_folder(const BuildPlace& place) { return join(place.scratch, place.name); }

Result<Project> configure_clone(const Project& like, const BuildPlace& place, double timeout_s) {
  const std::string below = relative(like.source_dir, like.repository);
  const std::string source = below == "." ? clone_folder(place) : join(clone_folder(place), below);
  KE_DO(configure_like(like, source, build_folder(place), timeout_s));
  return open_project(build_folder(place), like.configuration);
}

Result<> build_clone(const Project& project, double timeout_s) {
  Command command{.argv = {"cmake", "--build", project.build_dir}, .timeout_s = timeout_s};
  if (!project.configuration.empty())
    command.argv.insert(command.argv.end(), {"--config", project.configuration});
  auto output = run_or_fail(command);
  if (!output) return std::move(output).error();
  return ok();
}

Result<CleanBuild> base_build(const Project& like, const std::string& commit, const std::string& scratch,
                              double timeout_s) {
  const BuildPlace place{scratch, "base-" + commit.substr(0, 12)};
  const std::string done = clone_folder(place) + ".done";
  CleanBuild build;
  build.folder = clone_folder(place);
  if (!exists(done)) {
    KE_DO(remove_tree(build.folder));
    KE_DO(remove_tree(build_folder(place)));
    KE_TRY(const auto git, clone_at(like.repository, commit, build.folder));
    KE_TRY(build.project, configure_clone(like, place, timeout_s));
    KE_DO(build_clone(build.project, timeout_s));
    KE_DO(write_file(done, commit + "\n"));
    return build;
  }
  KE_TRY(build.project, open_project(build_folder(place), like.configuration));
  return build;
}

void remove_scratch(const std::string& folder) {
  if (std::getenv("KE_KEEP_TEMP")) return;
  if (const auto removed = remove_tree(folder); !removed) log_warn(removed.error().message);
}

Result<TestRun> run_own_tests(const Project& project, double timeout_s) {
  TestRun result;
  KE_TRY(const auto listing, run(test_command(project, {"-N"}, 60)));
  result.tests = listing.succeeded() ? total_tests(listing.out) : 0;
  if (!listing.succeeded()) {
    result.passed = false;
    result.detail = "ctest cannot list the tests: " + trim(last_lines(listing.err, 3));
    return result;
  }
  if (result.tests == 0) {
    result.detail = "the project declares no test";
    return result;
  }
  KE_TRY(const auto exit, run(test_command(project, {"--output-on-failure", "--timeout", "300"}, timeout_s)));
  result.passed = exit.succeeded();
  result.detail = result.passed ? fmt::format("{} of the project's own tests passed", result.tests)
                  : exit.timed_out
                      ? fmt::format("the project's own tests took longer than {:.0f} s", timeout_s)
                      : "the project's own tests fail: " + trim(last_lines(exit.out, 12));
  return result;
}

Result<Subject> subject_of(const Project& project, const Registration& registration) {
  Subject subject;
  KE_TRY(subject.recipe, recipe_for(project, registration));
  KE_TRY(subject.candidate.source, read_file(registration.sources.front(), 16u << 20));
  return subject;
}

Result<std::string> repository_path(const Project& project, const std::string& source) {
  const std::string path = relative(source, project.repository);
  if (project.repository.empty() || !is_plain_relative(path)) {
    return Error{ErrorCode::refused,
                 fmt::format("{} lies outside the repository {}", source, project.repository)};
  }
  return path;
}

}  // namespace ke
