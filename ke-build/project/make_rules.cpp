// SPDX-License-Identifier: MIT
#include "ke-build/base/files.h"
#include "ke-build/base/text.h"
#include "ke-build/project/ninja_manifest.h"

#include <fmt/format.h>

#include <filesystem>
#include <map>

namespace ke {
namespace {

struct Rule {
  std::vector<std::string> inputs;
  std::string command;
};

std::string in_build(const std::string& path, const std::string& build_dir) {
  return path.empty() || path[0] == '/' ? path : join(build_dir, path);
}

/// CMake escapes spaces and '#' with a backslash and '$' by doubling it.
std::string unescaped(std::string_view text) {
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool escape =
        i + 1 < text.size() && ((text[i] == '\\' && (text[i + 1] == ' ' || text[i + 1] == '#')) ||
                                (text[i] == '$' && text[i + 1] == '$'));
    if (escape) ++i;
    result += text[i];
  }
  return trim(result);
}

}  // namespace

void parse_make_rules(std::string_view text, const std::string& build_dir, NinjaManifest& manifest) {
  std::map<std::string, Rule> rules;
  std::string current;
  for (const std::string& line : split(text, '\n')) {
    if (starts_with(line, "\t")) {
      const bool talk = line.find("cmake_echo_color") != std::string::npos;
      if (!current.empty() && !talk) rules[current].command += line.substr(1) + "\n";
      continue;
    }
    const size_t colon = line.find(": ");
    if (line.empty() || line[0] == '#' || line[0] == '.' || colon == std::string::npos) continue;
    if (line.find('=') < colon || line.find("_depend") != std::string::npos) continue;
    current = in_build(unescaped(line.substr(0, colon)), build_dir);
    rules[current].inputs.push_back(in_build(unescaped(line.substr(colon + 2)), build_dir));
  }
  for (auto& [output, rule] : rules) {
    NinjaEdge edge;
    edge.rule = ends_with(output, ".o") ? "compile" : "CUSTOM_COMMAND";
    edge.outputs.push_back(manifest.intern(output));
    for (const std::string& input : rule.inputs) {
      const bool own = ends_with(input, "/flags.make") || ends_with(input, "/build.make") ||
                       ends_with(input, "/link.txt") || ends_with(input, "compiler_depend.ts");
      if (!own) edge.inputs.push_back(manifest.intern(input));
    }
    if (edge.rule == "CUSTOM_COMMAND") edge.command = std::move(rule.command);
    manifest.add(std::move(edge));
  }
}

Result<NinjaManifest> read_make_rules(const std::string& build_dir) {
  const std::string list = join(build_dir, "CMakeFiles/TargetDirectories.txt");
  KE_TRY(const auto folders, read_file(list));
  NinjaManifest manifest;
  for (const std::string& folder : split(folders, '\n')) {
    if (!starts_with(folder, build_dir + "/")) continue;
    if (const auto text = read_file(join(folder, "build.make"))) parse_make_rules(*text, build_dir, manifest);
  }
  return manifest;
}

}  // namespace ke
