// SPDX-License-Identifier: MIT
#include "ke-build/project/recipe.h"

#include "ke-build/base/files.h"
#include "ke-build/base/process.h"
#include "ke-build/base/text.h"

#include <fmt/format.h>

namespace ke {
namespace {

bool is_unity_file(const SourceEntry& source) {
  return source.group >= 0 && source.path.find(".dir/Unity/unity_") != std::string::npos;
}

/// CMake writes `#include "<absolute path>"` lines into unity files.
bool unity_includes(const std::string& unity_file, const std::string& source) {
  const auto text = read_file(unity_file, 16u << 20);
  return text && text->find(fmt::format("#include \"{}\"", source)) != std::string::npos;
}

std::string cache_entry(const std::string& build_dir, const std::string& name) {
  const auto cache = read_file(join(build_dir, "CMakeCache.txt"), 64u << 20);
  if (!cache) return "";
  for (const std::string& line : split(*cache, '\n')) {
    const size_t equals = line.find('=');
    if (equals != std::string::npos && starts_with(line, name + ":")) return line.substr(equals + 1);
  }
  return "";
}

void add_flags(const CompileGroup& group, Recipe& recipe) {
  for (const std::string& fragment : group.fragments) {
    for (std::string& word : split_command(fragment)) {
      // Extra flags of a candidate make the project's precompiled header unusable; its text is used instead,
      // and the warning about that would stop projects that build with -Werror.
      if (word != "-Winvalid-pch") recipe.flags.push_back(std::move(word));
    }
  }
  if (!group.sysroot.empty()) recipe.flags.push_back("--sysroot=" + group.sysroot);
  recipe.defines = group.defines;
  for (const IncludeDir& include : group.includes) {
    if (include.system) {
      recipe.includes.push_back("-isystem");
      recipe.includes.push_back(include.path);
    } else {
      recipe.includes.push_back("-I" + include.path);
    }
  }
}

}  // namespace

Result<const CompileGroup*> group_of(const TargetModel& target, const std::string& source) {
  const std::string wanted = canonical(source);
  const SourceEntry* declared = nullptr;
  std::vector<std::string> names;
  for (const SourceEntry& entry : target.sources) {
    if (entry.path != source &&
        (!ends_with(entry.path, wanted.substr(wanted.rfind('/'))) || canonical(entry.path) != wanted)) {
      names.push_back(entry.path);
      continue;
    }
    declared = &entry;
    if (entry.group >= 0) return &target.groups[static_cast<size_t>(entry.group)];
  }
  if (declared) {
    for (const SourceEntry& entry : target.sources) {
      if (is_unity_file(entry) && unity_includes(entry.path, declared->path)) {
        return &target.groups[static_cast<size_t>(entry.group)];
      }
    }
    return Error{ErrorCode::not_found,
                 fmt::format("CMake target '{}' lists {} but does not compile it; a kernel must be "
                             "in a compiled source file",
                             target.name, source)};
  }
  return Error{ErrorCode::not_found,
               fmt::format("CMake target '{}' has no source {}{}; name one of its sources in "
                           "ke_add_operator()",
                           target.name, source, suggestion(source, names))};
}

Result<Recipe> compile_recipe(const CodeModel& model, const TargetModel& target, const std::string& source,
                              const std::string& configuration) {
  KE_TRY(const CompileGroup* group, group_of(target, source));
  Recipe recipe;
  recipe.language = group->language;
  recipe.source = source;
  recipe.directory = model.build_dir;
  recipe.configuration = configuration;
  for (const Toolchain& toolchain : model.toolchains) {
    if (toolchain.language != group->language) continue;
    recipe.compiler = toolchain.path;
    recipe.compiler_id = toolchain.id;
    recipe.compiler_version = toolchain.version;
  }
  if (recipe.compiler.empty()) {
    return Error{ErrorCode::usage,
                 fmt::format("{}: CMake names no {} compiler (toolchains-v1); CMake 3.20 or newer is "
                             "needed",
                             model.build_dir, group->language)};
  }
  // CXX="ccache g++" is split by CMake into a compiler and a first argument.
  const std::string first =
      cache_entry(model.build_dir, fmt::format("CMAKE_{}_COMPILER_ARG1", group->language));
  recipe.flags = split_command(first);
  add_flags(*group, recipe);
  return recipe;
}

}  // namespace ke
