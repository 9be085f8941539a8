// SPDX-License-Identifier: MIT
// Reads replies of the CMake File API, version 1 (cmake-file-api(7)). Replies are foreign data: every name,
// index and type is checked, unknown members are ignored because newer CMake versions add some.
#pragma once

#include "ke-build/base/json.h"
#include "ke-build/base/result.h"

#include <optional>
#include <string>
#include <vector>

namespace ke {

struct SourceEntry {
  std::string path;  // absolute
  int group =
      -1;  // index into TargetModel::groups; -1: not compiled by itself (header, or inside a unity file)
  bool generated = false;
};

struct IncludeDir {
  std::string path;  // absolute
  bool system = false;
};

struct CompileGroup {
  std::string language;
  std::vector<std::string> fragments;  // shell-quoted pieces of the command line
  std::vector<IncludeDir> includes;
  std::vector<std::string> defines;  // without -D
  std::vector<std::string> precompiled_headers;
  std::string sysroot;
};

struct LinkFragment {
  std::string text, role;  // role: flags, libraries, libraryPath, frameworkPath
};

struct TargetModel {
  std::string id, name, type;          // type: EXECUTABLE, STATIC_LIBRARY, ...
  std::string source_dir, build_dir;   // absolute folders of the CMakeLists.txt that declares it
  std::vector<std::string> artifacts;  // absolute
  std::vector<SourceEntry> sources;
  std::vector<CompileGroup> groups;
  std::vector<LinkFragment> link;         // empty for static and object libraries before CMake 4.2
  std::vector<std::string> dependencies;  // ids, transitive, in no useful order
};

struct TargetRef {
  std::string name, id, json_file;
};

struct ConfigurationModel {
  std::string name;
  std::vector<TargetRef> targets;
};

struct Toolchain {
  std::string language, path, id, version;
};

struct CodeModel {
  std::string reply_dir, cmake_version, generator;
  bool multi_config = false;
  std::string source_dir, build_dir;
  std::vector<ConfigurationModel> configurations;
  std::vector<std::string>
      cmake_inputs;  // absolute; the project's own (neither generated, nor CMake's, nor outside)
  std::vector<Toolchain> toolchains;

  /// The configuration called `name`, or the only or first one when `name` is empty. ERRORS: usage.
  Result<const ConfigurationModel*> configuration(const std::string& name) const;
};

/// Writes our stateful query. CMake answers it on its next run.
Result<> write_query(const std::string& build_dir);
/// Reads the index with the largest name and what it points to; starts again when files vanish because a
/// CMake runs at the same time. ERRORS: not_found (no reply for our query), usage (not a reply), io.
Result<CodeModel> read_code_model(const std::string& build_dir);
/// ERRORS: not_found when the reply was replaced meanwhile (read the code model again), usage.
Result<TargetModel> read_target(const CodeModel& model, const TargetRef& target);

/// The pure parts, also driven by the fuzzer.
struct IndexEntry {
  std::string codemodel, cmake_files, toolchains;  // plain file names, or empty
};
Result<IndexEntry> parse_index(const Json& index, const std::string& origin, CodeModel& model);
Result<> parse_code_model(const Json& reply, const std::string& origin, CodeModel& model);
Result<> parse_cmake_files(const Json& reply, const std::string& origin, CodeModel& model);
Result<> parse_toolchains(const Json& reply, const std::string& origin, CodeModel& model);
Result<TargetModel> parse_target(const Json& reply, const std::string& origin, const std::string& source_dir,
                                 const std::string& build_dir);

}  // namespace ke
