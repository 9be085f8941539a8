// SPDX-License-Identifier: MIT
#include "ke-build/project/cmake_cache.h"

#include "ke-build/base/files.h"
#include "ke-build/base/process.h"
#include "ke-build/base/text.h"
#include "ke-build/project/file_api.h"

#include <fmt/format.h>

#include <set>

namespace ke {
namespace {

constexpr std::string_view kCommandLineHelp = "No help, variable specified on the command line.";

std::string definition(const CacheEntry& entry) {
  const std::string type = entry.type == "UNINITIALIZED" ? "" : ":" + entry.type;
  return fmt::format("-D{}{}={}", entry.name, type, entry.value);
}

bool is_setting(const CacheEntry& entry) {
  return entry.type != "INTERNAL" && entry.type != "STATIC" && !ends_with(entry.name, "-NOTFOUND") &&
         !ends_with(entry.value, "-NOTFOUND");
}

bool is_basic(const std::string& name) {
  static const std::set<std::string> names = {
      "CMAKE_BUILD_TYPE",         "CMAKE_CONFIGURATION_TYPES", "CMAKE_DEFAULT_BUILD_TYPE",
      "CMAKE_TOOLCHAIN_FILE",     "CMAKE_PREFIX_PATH",         "CMAKE_MODULE_PATH",
      "KernelEvolve_DIR",         "CMAKE_C_COMPILER",          "CMAKE_CXX_COMPILER",
      "CMAKE_CUDA_COMPILER",      "CMAKE_HIP_COMPILER",        "CMAKE_MAKE_PROGRAM",
      "CMAKE_CUDA_ARCHITECTURES", "CMAKE_HIP_ARCHITECTURES",   "BUILD_SHARED_LIBS"};
  if (names.contains(name)) return true;
  if (!starts_with(name, "CMAKE_")) return false;
  return ends_with(name, "_COMPILER_LAUNCHER") || ends_with(name, "_FLAGS") ||
         name.find("_FLAGS_") != std::string::npos;
}

/// Sub-projects that the other build already fetched need no network.
void add_fetched(const std::string& build_dir, std::vector<std::string>& settings) {
  if (build_dir.empty() || !exists(join(build_dir, "_deps"))) return;
  const Command find{
      .argv = {"find", join(build_dir, "_deps"), "-maxdepth", "1", "-type", "d", "-name", "*-src"}};
  const auto found = run(find);
  if (!found) return;
  for (const std::string& path : split(found->out, '\n')) {
    if (path.empty()) continue;
    std::string name = path.substr(path.rfind('/') + 1);
    name.resize(name.size() - 4);
    for (char& c : name) c = static_cast<char>(toupper(static_cast<unsigned char>(c)));
    settings.push_back(fmt::format("-DFETCHCONTENT_SOURCE_DIR_{}:PATH={}", name, path));
  }
}

}  // namespace

CmakeCache parse_cmake_cache(std::string_view text) {
  CmakeCache cache;
  bool from_command_line = false;
  for (const std::string& line : split(text, '\n')) {
    if (starts_with(line, "//")) {
      from_command_line = line.find(kCommandLineHelp) != std::string::npos;
      continue;
    }
    const size_t equals = line.find('='), colon = line.rfind(':', equals);
    if (line.empty() || line[0] == '#' || equals == std::string::npos || colon == std::string::npos) continue;
    CacheEntry entry{line.substr(0, colon), line.substr(colon + 1, equals - colon - 1),
                     line.substr(equals + 1), from_command_line};
    from_command_line = false;
    if (entry.name.size() >= 2 && entry.name.front() == '"')
      entry.name = entry.name.substr(1, entry.name.size() - 2);
    std::string name = entry.name;
    cache.insert_or_assign(std::move(name), std::move(entry));
  }
  return cache;
}

Result<CmakeCache> read_cmake_cache(const std::string& build_dir) {
  const auto text = read_file(join(build_dir, "CMakeCache.txt"), 64u << 20);
  if (!text) {
    return Error{ErrorCode::not_found,
                 fmt::format("{} is not a configured build folder (no CMakeCache.txt); run `cmake "
                             "-S . -B {}` first",
                             build_dir, build_dir)};
  }
  return parse_cmake_cache(*text);
}

std::string value_of(const CmakeCache& cache, const std::string& name) {
  const auto found = cache.find(name);
  return found == cache.end() ? std::string() : found->second.value;
}

std::vector<std::string> basic_settings(const CmakeCache& cache) {
  std::vector<std::string> settings;
  for (const auto& [name, entry] : cache) {
    if (is_setting(entry) && (is_basic(name) || entry.from_command_line))
      settings.push_back(definition(entry));
  }
  add_fetched(value_of(cache, "CMAKE_CACHEFILE_DIR"), settings);
  return settings;
}

std::vector<std::string> personal_settings(const CmakeCache& like,
                                           const std::vector<const CmakeCache*>& defaults) {
  const std::string build_dir = value_of(like, "CMAKE_CACHEFILE_DIR");
  const std::string source_dir = value_of(like, "CMAKE_HOME_DIRECTORY");
  std::vector<std::string> settings;
  for (const auto& [name, entry] : like) {
    if (!is_setting(entry) || is_basic(name) || entry.from_command_line) continue;
    const auto names_folder = [&value = entry.value](const std::string& folder) {
      return !folder.empty() && value.find(folder) != std::string::npos;
    };
    if (names_folder(build_dir) || names_folder(source_dir)) continue;
    bool by_itself = false;
    for (const CmakeCache* other : defaults) {
      const auto found = other->find(name);
      by_itself |= found == other->end() || found->second.value == entry.value;
    }
    if (!by_itself) settings.push_back(definition(entry));
  }
  return settings;
}

Result<> run_configure(const CmakeCache& like, const std::string& source_dir, const std::string& build_dir,
                       const std::vector<std::string>& settings, double timeout_s) {
  KE_DO(write_query(build_dir));
  Command command{.argv = {"cmake", "-S", source_dir, "-B", build_dir}, .timeout_s = timeout_s};
  const std::string generator = value_of(like, "CMAKE_GENERATOR");
  if (!generator.empty() && !exists(join(build_dir, "CMakeCache.txt"))) {
    command.argv.insert(command.argv.end(), {"-G", generator});
  }
  command.argv.insert(command.argv.end(), settings.begin(), settings.end());
  auto output = run_or_fail(command);
  if (!output) return std::move(output).error().note(fmt::format("while configuring {}", source_dir));
  return ok();
}

}  // namespace ke
