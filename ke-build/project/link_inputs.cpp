// SPDX-License-Identifier: MIT
#include "ke-build/base/files.h"
#include "ke-build/base/process.h"
#include "ke-build/base/text.h"
#include "ke-build/project/ninja_manifest.h"
#include "ke-build/project/recipe.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

namespace ke {
namespace {

bool is_library_file(const std::string& path) {
  return ends_with(path, ".a") || ends_with(path, ".so") || path.find(".so.") != std::string::npos;
}

/// Words of the link line that name libraries; relative files become absolute.
std::vector<std::string> library_words(const std::vector<LinkFragment>& link, const std::string& build_dir) {
  std::vector<std::string> words;
  for (const LinkFragment& fragment : link) {
    if (fragment.role != "libraries" && fragment.role != "libraryPath") continue;
    for (std::string& word : split_command(fragment.text)) {
      const bool option = starts_with(word, "-");
      words.push_back(option || word.empty() || word[0] == '/' ? std::move(word) : join(build_dir, word));
    }
  }
  return words;
}

/// Does the text define main()? Comments may fool it, which costs one object and nothing else.
bool defines_main(const std::string& source) {
  const auto text = read_file(source, 16u << 20);
  if (!text) return false;
  for (size_t at = text->find("main"); at != std::string::npos; at = text->find("main", at + 4)) {
    const size_t after = text->find_first_not_of(" \t\n", at + 4);
    const bool word = at > 0 && (isspace(static_cast<unsigned char>((*text)[at - 1])) != 0);
    if (!word || after == std::string::npos || (*text)[after] != '(') continue;
    const std::string before =
        trim(std::string_view(*text).substr(at > 16 ? at - 16 : 0, std::min<size_t>(at, 16)));
    if (ends_with(before, "int") || ends_with(before, "auto")) return true;
  }
  return false;
}

/// Where the Makefile generators put an object: the source's path relative to the target's folder, `../` as
/// `__/`.
std::string makefile_object(const TargetModel& target, const SourceEntry& source) {
  std::string path = source.path;
  if (starts_with(path, target.build_dir + "/")) {
    path = path.substr(target.build_dir.size() + 1);
  } else {
    path = relative(path, target.source_dir);
  }
  path = replace_all(replace_all(path, "../", "__/"), " ", "_");
  return join(target.build_dir, fmt::format("CMakeFiles/{}.dir/{}.o", target.name, path));
}

class Objects {
 public:
  Objects(const CodeModel& model, const std::string& configuration) {
    if (!starts_with(model.generator, "Ninja")) return;
    if (auto manifest = read_manifest(model.build_dir, configuration)) manifest_ = *std::move(manifest);
  }

  std::string of(const TargetModel& target, const SourceEntry& source) const {
    if (!manifest_) return makefile_object(target, source);
    const std::string folder = fmt::format("/CMakeFiles/{}.dir/", target.name);
    for (const NinjaEdge* edge : manifest_->compiled_from(source.path)) {
      const std::string& output = manifest_->paths[edge->outputs[0]];
      if (output.find(folder) != std::string::npos && ends_with(output, ".o")) return output;
    }
    return "";
  }

 private:
  std::optional<NinjaManifest> manifest_;
};

std::vector<std::string> other_objects(const CodeModel& model, const std::string& configuration,
                                       const TargetModel& target, const std::string& source) {
  const Objects objects(model, configuration);
  std::vector<std::string> inputs;
  for (const SourceEntry& entry : target.sources) {
    if (entry.generated && ends_with(entry.path, ".o")) {
      inputs.push_back(entry.path);  // $<TARGET_OBJECTS:other>
    } else if (entry.group >= 0 && !ends_with(entry.path, "/cmake_pch.hxx.cxx") &&
               !ends_with(entry.path, "/cmake_pch.h.c")) {
      if (entry.path == source || canonical(entry.path) == canonical(source) || defines_main(entry.path))
        continue;
      std::string object = objects.of(target, entry);
      if (!object.empty()) inputs.push_back(std::move(object));
    }
  }
  return inputs;
}

struct Consumer {
  std::vector<std::string> words;  // what follows the archive on a link line
};

/// The shortest remainder of any link line after the target's archive: that is what the archive itself needs.
Result<std::optional<Consumer>> find_consumer(const CodeModel& model, const ConfigurationModel& configuration,
                                              const TargetModel& target) {
  std::optional<Consumer> best;
  const std::string archive = target.artifacts.empty() ? "" : target.artifacts[0];
  for (const TargetRef& ref : configuration.targets) {
    if (ref.id == target.id) continue;
    KE_TRY(auto other, read_target(model, ref));
    const auto words = library_words(other.link, model.build_dir);
    const auto found = std::find(words.rbegin(), words.rend(), archive);  // archives may be repeated
    if (found == words.rend()) continue;
    Consumer consumer{{found.base(), words.end()}};
    if (!best || consumer.words.size() < best->words.size()) best = std::move(consumer);
  }
  return best;
}

/// Without a link line anywhere: artifacts of the targets it depends on, as a group because their order is
/// unknown.
Result<std::vector<std::string>> dependency_artifacts(const CodeModel& model,
                                                      const ConfigurationModel& configuration,
                                                      const TargetModel& target) {
  const std::set<std::string> wanted(target.dependencies.begin(), target.dependencies.end());
  std::vector<std::string> archives, result;
  for (const TargetRef& ref : configuration.targets) {
    if (!wanted.contains(ref.id)) continue;
    KE_TRY(auto other, read_target(model, ref));
    if (other.type == "STATIC_LIBRARY" || other.type == "SHARED_LIBRARY") {
      for (const auto& path : other.artifacts) {
        if (is_library_file(path)) archives.push_back(path);
      }
    }
  }
  if (archives.empty()) return result;
  result.push_back("-Wl,--start-group");
  result.insert(result.end(), archives.begin(), archives.end());
  result.push_back("-Wl,--end-group");
  return result;
}

void add_run_paths(const CodeModel& model, std::vector<std::string>& inputs) {
  std::set<std::string> folders;
  for (const std::string& input : inputs) {
    if (input.find(".so") != std::string::npos && starts_with(input, model.build_dir + "/")) {
      folders.insert(input.substr(0, input.rfind('/')));
    }
  }
  for (const std::string& folder : folders) {
    std::string option = "-Wl,-rpath," + folder;
    if (std::find(inputs.begin(), inputs.end(), option) == inputs.end()) inputs.push_back(std::move(option));
  }
}

}  // namespace

Result<std::vector<std::string>> link_inputs(const CodeModel& model, const ConfigurationModel& configuration,
                                             const TargetModel& target, const std::string& source) {
  std::vector<std::string> inputs;
  const bool is_static = target.type == "STATIC_LIBRARY";
  if (is_static) {
    if (!target.artifacts.empty()) inputs.push_back(target.artifacts[0]);
  } else {
    inputs = other_objects(model, configuration.name, target, source);
  }
  std::vector<std::string> words = library_words(target.link, model.build_dir);
  if (is_static) {
    KE_TRY(auto consumer, find_consumer(model, configuration, target));
    if (consumer) {
      words = std::move(consumer->words);
    } else {
      KE_TRY(words, dependency_artifacts(model, configuration, target));
    }
  } else if (target.type == "OBJECT_LIBRARY") {
    KE_TRY(words, dependency_artifacts(model, configuration, target));
  }
  inputs.insert(inputs.end(), words.begin(), words.end());
  add_run_paths(model, inputs);
  return inputs;
}

}  // namespace ke
