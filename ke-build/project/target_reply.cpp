// SPDX-License-Identifier: MIT
// The target object of codemodel-v2: sources, compile groups, link line.
#include "ke-build/base/files.h"
#include "ke-build/project/file_api.h"
#include "ke-build/project/json_access.h"

#include <fmt/format.h>

namespace ke {
namespace {

/// Replies give paths relative to the top folder when they are inside it. No file system access: 10,000
/// sources.
std::string absolute(const std::string& path, const std::string& base) {
  return path.empty() || path[0] == '/' ? path : join(base, path);
}

CompileGroup parse_group(const Json& reply) {
  CompileGroup group;
  group.language = text_at(reply, "language");
  for (const Json& fragment : array_at(reply, "compileCommandFragments")) {
    group.fragments.push_back(text_at(fragment, "fragment"));
  }
  for (const Json& include : array_at(reply, "includes")) {
    group.includes.push_back({text_at(include, "path"), flag_at(include, "isSystem")});
  }
  for (const Json& define : array_at(reply, "defines")) group.defines.push_back(text_at(define, "define"));
  for (const Json& header : array_at(reply, "precompileHeaders")) {
    group.precompiled_headers.push_back(text_at(header, "header"));
  }
  if (const Json* sysroot = member(reply, "sysroot")) group.sysroot = text_at(*sysroot, "path");
  return group;
}

void parse_sources(const Json& reply, const std::string& source_dir, TargetModel& target) {
  const Json& sources = array_at(reply, "sources");
  target.sources.reserve(sources.size());
  for (const Json& source : sources) {
    SourceEntry entry;
    entry.path = absolute(text_at(source, "path"), source_dir);
    entry.group = index_at(source, "compileGroupIndex", target.groups.size());
    entry.generated = flag_at(source, "isGenerated");
    target.sources.push_back(std::move(entry));
  }
}

}  // namespace

Result<TargetModel> parse_target(const Json& reply, const std::string& origin, const std::string& source_dir,
                                 const std::string& build_dir) {
  TargetModel target;
  target.id = text_at(reply, "id");
  target.name = text_at(reply, "name");
  target.type = text_at(reply, "type");
  if (target.name.empty() || target.type.empty()) {
    return Error{ErrorCode::usage,
                 fmt::format("{}: not a CMake File API reply: a target without name or type", origin)};
  }
  if (const Json* paths = member(reply, "paths")) {
    target.source_dir = absolute(text_at(*paths, "source"), source_dir);
    target.build_dir = absolute(text_at(*paths, "build"), build_dir);
  }
  for (const Json& artifact : array_at(reply, "artifacts")) {
    target.artifacts.push_back(absolute(text_at(artifact, "path"), build_dir));
  }
  for (const Json& group : array_at(reply, "compileGroups")) target.groups.push_back(parse_group(group));
  parse_sources(reply, source_dir, target);
  if (const Json* link = member(reply, "link")) {
    for (const Json& fragment : array_at(*link, "commandFragments")) {
      target.link.push_back({text_at(fragment, "fragment"), text_at(fragment, "role")});
    }
  }
  for (const Json& dependency : array_at(reply, "dependencies")) {
    target.dependencies.push_back(text_at(dependency, "id"));
  }
  return target;
}

}  // namespace ke
