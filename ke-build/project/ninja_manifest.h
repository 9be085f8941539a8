// SPDX-License-Identifier: MIT
// The build graph that CMake wrote for Ninja: edges and their declared inputs, without rules and commands'
// details. It says what `.ninja_deps` cannot: which precompiled header an object uses, and how a generated
// file is made.
#pragma once

#include "ke-build/base/result.h"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace ke {

struct NinjaEdge {
  std::string rule;
  std::vector<uint32_t> outputs;  // explicit, then implicit
  std::vector<uint32_t> inputs;   // explicit, then implicit
  std::vector<uint32_t> order_only;
  std::string command;   // COMMAND of custom commands, unexpanded; else empty
  std::string includes;  // INCLUDES of compilations: -I and -isystem options; else empty
};

class NinjaManifest {
 public:
  std::vector<NinjaEdge> edges;
  std::vector<std::string> paths;  // absolute, by node id

  /// Id of an absolute path, or -1.
  int64_t find(const std::string& path) const;
  /// The edge that makes a node, or nullptr for a source file.
  const NinjaEdge* producer(uint32_t node) const;
  /// Edges that have the path as first input (how a source is compiled; several targets may share it).
  std::vector<const NinjaEdge*> compiled_from(const std::string& path) const;

  uint32_t intern(std::string path);
  void add(NinjaEdge edge);

 private:
  std::unordered_map<std::string, uint32_t> ids_;
  std::vector<int32_t> producers_;                              // by node: edge index or -1
  std::unordered_multimap<uint32_t, uint32_t> by_first_input_;  // node -> edge index
};

/// Reads build-<configuration>.ninja or build.ninja with its includes. ERRORS: not_found, usage (not a
/// manifest).
Result<NinjaManifest> read_manifest(const std::string& build_dir, const std::string& configuration);

/// The same facts from the Makefile generators: the rules in every `<target>.dir/build.make` below the build
/// folder. Compilations have the rule `compile`, custom commands `CUSTOM_COMMAND`. ERRORS: not_found.
Result<NinjaManifest> read_make_rules(const std::string& build_dir);
/// The pure part, for one build.make.
void parse_make_rules(std::string_view text, const std::string& build_dir, NinjaManifest& manifest);

/// The pure part: `load` returns the text of an included file.
using ManifestLoader = std::function<Result<std::string>(const std::string& name)>;
Result<NinjaManifest> parse_manifest(std::string_view text, const std::string& build_dir,
                                     const ManifestLoader& load);

}  // namespace ke
