// SPDX-License-Identifier: MIT
#include "ke-build/detect/generators.h"

#include "ke-build/base/files.h"
#include "ke-build/base/process.h"
#include "ke-build/base/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace ke {
namespace {

bool is_compilation(const NinjaEdge& edge) {
  return edge.rule.find("_COMPILER__") != std::string::npos || edge.rule == "compile";
}

}  // namespace

const NinjaManifest* Generators::manifest() {
  if (!manifest_read_) {
    manifest_read_ = true;
    auto manifest = starts_with(project_->generator, "Ninja")
                        ? read_manifest(project_->build_dir, project_->configuration)
                        : read_make_rules(project_->build_dir);
    if (manifest) {
      manifest_ = *std::move(manifest);
    } else {
      note_ = fmt::format("the build's rules cannot be read: {}", manifest.error().message);
    }
  }
  return manifest_ ? &*manifest_ : nullptr;
}

const NinjaDeps* Generators::deps() {
  if (!deps_read_) {
    deps_read_ = true;
    auto deps = NinjaDeps::read(project_->build_dir);
    if (deps) {
      if (deps->truncated()) note_ = "the end of .ninja_deps is torn; what is before it was used";
      deps_ = *std::move(deps);
    } else {
      note_ = deps.error().code == ErrorCode::not_found
                  ? "no build recorded its headers yet: includes come from the text and the compiler's -M"
                  : fmt::format("recorded headers are not used: {}", deps.error().message);
    }
  }
  return deps_ ? &*deps_ : nullptr;
}

const std::string& Generators::note() { return note_; }

std::string Generators::path_of(uint32_t id) {
  const std::string_view path = deps_->path(id);
  if (!path.empty() && path[0] == '/' && path.find("/.") == std::string_view::npos) return std::string(path);
  return join(project_->build_dir, std::string(path));
}

bool Generators::makes(const std::string& path) {
  const NinjaManifest* known = manifest();
  if (!known) return false;
  const int64_t node = known->find(path);
  return node >= 0 && known->producer(static_cast<uint32_t>(node)) != nullptr;
}

const Ingredients& Generators::of(const std::string& path) {
  const auto [it, fresh] = ingredients_.try_emplace(path);
  Ingredients& result = it->second;
  if (!fresh) return result;
  const NinjaManifest* known = manifest();
  if (!known) {
    result.unknown = note_;
    return result;
  }
  const int64_t node = known->find(path);
  if (node < 0 || !known->producer(static_cast<uint32_t>(node))) {
    result.configured = true;
    return result;
  }
  std::vector<bool> seen(known->paths.size());
  collect(*known, static_cast<uint32_t>(node), seen, result);
  return result;
}

/// Follows edges back to files that no edge makes. Order-only inputs only say what must exist first.
void Generators::collect(const NinjaManifest& known, uint32_t start, std::vector<bool>& seen,
                         Ingredients& into) {
  std::vector<uint32_t> open{start};
  while (!open.empty()) {
    const uint32_t node = open.back();
    open.pop_back();
    if (seen[node]) continue;
    seen[node] = true;
    const NinjaEdge* edge = known.producer(node);
    if (!edge) {
      into.inputs.push_back(known.paths[node]);
      continue;
    }
    if (is_compilation(*edge) && !edge->inputs.empty()) {
      add_compiled(known, *edge, into);
      for (size_t i = 1; i < edge->inputs.size(); ++i) open.push_back(edge->inputs[i]);
      if (known.producer(edge->inputs[0])) open.push_back(edge->inputs[0]);
      continue;
    }
    if (!edge->command.empty()) into.commands.push_back(edge->command);
    for (const std::string& input : recorded_inputs(known.paths[node])) into.inputs.push_back(input);
    open.insert(open.end(), edge->inputs.begin(), edge->inputs.end());
  }
}

void Generators::add_compiled(const NinjaManifest& known, const NinjaEdge& edge, Ingredients& into) {
  Ingredients::Compiled compiled;
  compiled.source = known.paths[edge.inputs[0]];
  compiled.words = split_command(edge.includes);
  for (const uint32_t output : edge.outputs) {
    for (std::string& input : recorded_inputs(known.paths[output]))
      compiled.recorded.push_back(std::move(input));
  }
  into.compiled.push_back(std::move(compiled));
}

std::vector<std::string> Generators::recorded_inputs(const std::string& output) {
  std::vector<std::string> result;
  if (!deps()) return result;
  for (const NinjaDeps::Record& record : deps_->records()) {
    if (!ends_with(output, deps_->path(record.output)) || path_of(record.output) != output) continue;
    for (const uint32_t input : record.inputs) result.push_back(path_of(input));
  }
  return result;
}

const std::vector<Generators::Recorded>& Generators::users_of(const std::string& file) {
  const auto [it, fresh] = users_.try_emplace(file);
  if (!fresh || !deps()) return it->second;
  // Only paths with the same last component can be this file.
  const std::string last = file.substr(file.rfind('/'));
  std::vector<bool> is_file(deps_->path_count());
  bool any = false;
  for (uint32_t id = 0; id < deps_->path_count(); ++id) {
    const std::string_view path = deps_->path(id);
    if (!ends_with(path, last) && path != std::string_view(last).substr(1)) continue;
    const std::string absolute = path_of(id);
    is_file[id] = absolute == file || canonical(absolute) == file;
    any |= is_file[id];
  }
  if (!any) return it->second;
  for (const NinjaDeps::Record& record : deps_->records()) {
    if (record.inputs.empty()) continue;
    if (std::none_of(record.inputs.begin(), record.inputs.end(), [&](uint32_t id) { return is_file[id]; }))
      continue;
    it->second.push_back({path_of(record.output), path_of(record.inputs[0])});
  }
  return it->second;
}

bool Generators::recorded(const std::string& file, const std::string& target,
                          const std::vector<std::string>& sources) {
  const std::string folder = fmt::format("/{}.dir/", target);
  for (const Recorded& user : users_of(file)) {
    if (user.object.find(folder) == std::string::npos) continue;
    if (ends_with(user.object, ".gch") || ends_with(user.object, ".pch")) return true;
    for (const std::string& source : sources) {
      if (user.source == source || (ends_with(user.source, source.substr(source.rfind('/'))) &&
                                    canonical(user.source) == canonical(source))) {
        return true;
      }
    }
  }
  return false;
}

}  // namespace ke
