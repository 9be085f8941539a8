// SPDX-License-Identifier: MIT
#include "ke-build/project/project.h"

#include "ke-build/base/files.h"
#include "ke-build/base/log.h"
#include "ke-build/base/process.h"
#include "ke-build/base/text.h"
#include "ke-build/project/cmake_cache.h"
#include "ke-build/project/recipe.h"
#include "ke-build/project/registrations.h"
#include "ke-build/project/repo.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace ke {
namespace {

constexpr double kConfigureTimeout_s = 600;
constexpr int kReadAttempts = 3;

/// Is a CMake input newer than the reply? Times only decide whether cmake runs once more, never what an
/// answer is.
bool is_outdated(const CodeModel& model) {
  std::error_code error;
  auto replied = std::filesystem::file_time_type::min();
  for (std::filesystem::directory_iterator it(model.reply_dir, error), end; !error && it != end;
       it.increment(error)) {
    if (starts_with(it->path().filename().string(), "index-"))
      replied = std::max(replied, it->last_write_time(error));
  }
  for (const std::string& input : model.cmake_inputs) {
    const auto written = std::filesystem::last_write_time(input, error);
    if (error || written > replied) return true;
  }
  return false;
}

std::string why_configure(const std::string& build_dir, const Result<CodeModel>& model) {
  if (!model && model.error().code == ErrorCode::not_found)
    return fmt::format("{} has not been asked yet what it builds", build_dir);
  if (!model) return fmt::format("what CMake said about {} cannot be read", build_dir);
  return is_outdated(*model) ? fmt::format("CMake inputs of {} have changed", build_dir) : "";
}

// Two cmakes in one folder write each other's replies to pieces, so whoever waited for the lock looks again.
Result<CodeModel> configure_again(const std::string& build_dir) {
  KE_TRY(const FileLock lock, FileLock::acquire(join(build_dir, "ke/configure.lock"), kConfigureTimeout_s));
  auto model = read_code_model(build_dir);
  const std::string why = why_configure(build_dir, model);
  if (why.empty()) return model;
  log_info(fmt::format("{}: running cmake once", why));
  KE_DO(write_query(build_dir));
  auto configured = run_or_fail({.argv = {"cmake", build_dir}, .timeout_s = kConfigureTimeout_s});
  if (!configured)
    return std::move(configured).error().note(fmt::format("while running `cmake {}`", build_dir));
  return read_code_model(build_dir);
}

Result<CodeModel> fresh_code_model(const std::string& build_dir) {
  auto model = read_code_model(build_dir);
  return why_configure(build_dir, model).empty() ? std::move(model) : configure_again(build_dir);
}

Result<TargetModel> find_target(const CodeModel& model, const ConfigurationModel& configuration,
                                const std::string& name) {
  std::vector<std::string> names;
  for (const TargetRef& target : configuration.targets) {
    if (target.name == name) return read_target(model, target);
    names.push_back(target.name);
  }
  return Error{ErrorCode::not_found,
               fmt::format("{} has no CMake target '{}'{}", model.source_dir, name, suggestion(name, names))};
}

Result<Recipe> recipe_once(const Project& project, const Registration& registration) {
  KE_TRY(auto model, read_code_model(project.build_dir));
  KE_TRY(const ConfigurationModel* configuration, model.configuration(project.configuration));
  KE_TRY(auto target, find_target(model, *configuration, registration.target));
  KE_CHECK(!registration.sources.empty());
  KE_TRY(auto recipe, compile_recipe(model, target, registration.sources[0], configuration->name));
  KE_TRY(recipe.link, link_inputs(model, *configuration, target, registration.sources[0]));
  return recipe;
}

std::string repository_of(const std::string& source_dir) {
  const auto repo = Repo::open(source_dir);
  return repo ? repo->root() : std::string();
}

}  // namespace

Result<Project> open_project(const std::string& build_dir, const std::string& configuration) {
  Project project;
  project.build_dir = canonical(build_dir);
  KE_TRY(const auto cache, read_cmake_cache(project.build_dir));
  KE_TRY(const auto model, fresh_code_model(project.build_dir));
  project.source_dir = model.source_dir;
  project.generator = model.generator;
  std::string wanted = configuration;
  if (wanted.empty() && model.multi_config) wanted = value_of(cache, "CMAKE_DEFAULT_BUILD_TYPE");
  if (wanted.empty() && model.multi_config && model.configuration("Release")) wanted = "Release";
  if (!configuration.empty() && !model.multi_config && configuration != model.configurations[0].name) {
    return Error{ErrorCode::usage,
                 fmt::format("{} is configured for '{}' only, not for '{}'; configure another folder "
                             "with -DCMAKE_BUILD_TYPE={}",
                             project.build_dir, model.configurations[0].name, configuration, configuration)};
  }
  KE_TRY(const ConfigurationModel* chosen, model.configuration(wanted));
  project.configuration = chosen->name;
  KE_TRY(project.registrations, read_registrations(project.build_dir));
  project.repository = repository_of(project.source_dir);
  return project;
}

Result<Registration> find_registration(const Project& project, const std::string& name) {
  std::vector<std::string> names;
  for (const Registration& registration : project.registrations) {
    if (registration.name == name) return registration;
    names.push_back(registration.name);
  }
  return Error{ErrorCode::usage,
               fmt::format("no operator '{}' is declared in {}{}; declared: {}", name, project.source_dir,
                           suggestion(name, names), join_texts(names, ", "))};
}

Result<Recipe> recipe_for(const Project& project, const Registration& registration) {
  // A cmake that runs at the same time replaces the reply under our hands.
  for (int attempt = 1; attempt < kReadAttempts; ++attempt) {
    auto recipe = recipe_once(project, registration);
    if (recipe || recipe.error().code != ErrorCode::not_found) return recipe;
  }
  return recipe_once(project, registration);
}

Result<> build_target(const Project& project, const std::string& target, double timeout_s) {
  Command command{.argv = {"cmake", "--build", project.build_dir, "--target", target},
                  .timeout_s = timeout_s};
  if (!project.configuration.empty())
    command.argv.insert(command.argv.end(), {"--config", project.configuration});
  KE_TRY(const auto exit, run(command));
  if (exit.succeeded()) return ok();
  // Compilers' messages come through ninja's stdout, make's errors through stderr.
  return Error{ErrorCode::tool,
               fmt::format("`{}` {}:\n{}", shell_line(command.argv),
                           exit.timed_out ? fmt::format("took longer than {:.0f} s", timeout_s)
                                          : fmt::format("failed with exit code {}", exit.code),
                           last_lines(exit.out + exit.err, 30))};
}

Result<> configure_like(const Project& like, const std::string& source_dir, const std::string& build_dir,
                        double timeout_s) {
  KE_TRY(const auto cache, read_cmake_cache(like.build_dir));
  KE_DO(run_configure(cache, source_dir, build_dir, basic_settings(cache), timeout_s));
  KE_TRY(const auto defaults, read_cmake_cache(build_dir));
  const auto settings = personal_settings(cache, {&defaults});
  return settings.empty() ? ok() : run_configure(cache, source_dir, build_dir, settings, timeout_s);
}

}  // namespace ke
