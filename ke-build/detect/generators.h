// SPDX-License-Identifier: MIT
// How the build makes its generated files, and what past builds recorded: the manifest and `.ninja_deps`,
// both read when they are first needed.
#pragma once

#include "ke-build/detect/ninja_deps.h"
#include "ke-build/project/ninja_manifest.h"
#include "ke-build/project/project.h"

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace ke {

/// Source files behind a generated file.
struct Ingredients {
  struct Compiled {
    std::string source;
    std::vector<std::string> words;     // -I and -isystem options of that compilation
    std::vector<std::string> recorded;  // what a past build read
  };
  std::vector<std::string> inputs;    // read by custom commands as they are; absolute
  std::vector<Compiled> compiled;     // compiled into the programs that the commands run
  std::vector<std::string> commands;  // of the custom commands, for comparison between two configurations
  bool configured = false;  // written by cmake itself (configure_file, cmake_pch.hxx): no command makes it
  std::string unknown;      // why the list is not complete, or ""
};

class Generators {
 public:
  explicit Generators(const Project& project) : project_(&project) {}

  /// Does a command of the build make this file?
  bool makes(const std::string& path);
  const Ingredients& of(const std::string& path);

  /// Did a past build of the target compile one of `sources` (or its precompiled header) from `file`?
  /// Absolute paths.
  bool recorded(const std::string& file, const std::string& target, const std::vector<std::string>& sources);
  /// What is known of past builds, for the notes.
  const std::string& note();

 private:
  struct Recorded {
    std::string object, source;
  };
  const NinjaManifest* manifest();
  const NinjaDeps* deps();
  std::string path_of(uint32_t id);
  void collect(const NinjaManifest& manifest, uint32_t node, std::vector<bool>& seen, Ingredients& into);
  void add_compiled(const NinjaManifest& manifest, const NinjaEdge& edge, Ingredients& into);
  std::vector<std::string> recorded_inputs(const std::string& output);
  const std::vector<Recorded>& users_of(const std::string& file);

  const Project* project_;
  bool manifest_read_ = false, deps_read_ = false;
  std::optional<NinjaManifest> manifest_;
  std::optional<NinjaDeps> deps_;
  std::string note_;
  std::unordered_map<std::string, Ingredients> ingredients_;
  std::unordered_map<std::string, std::vector<Recorded>> users_;
};

}  // namespace ke
