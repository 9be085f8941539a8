// SPDX-License-Identifier: MIT
// Which changed files are inputs of CMake?
#include "ke-build/base/files.h"
#include "ke-build/base/text.h"
#include "ke-build/detect/cmake_changes.h"
#include "ke-build/detect/detect.h"
#include "ke-build/detect/named.h"
#include "ke-build/project/json_access.h"

#include <algorithm>

namespace ke {
namespace {

size_t bracket_length(const std::string& text, size_t at) {  // of `[==[`, or 0
  if (at >= text.size() || text[at] != '[') return 0;
  size_t end = at + 1;
  while (end < text.size() && text[end] == '=') ++end;
  return end < text.size() && text[end] == '[' ? end + 1 - at : 0;
}

size_t bracket_end(const std::string& text, size_t at, size_t length) {
  const std::string close = "]" + std::string(length - 2, '=') + "]";
  const size_t end = text.find(close, at + length);
  return end == std::string::npos ? text.size() : end + close.size();
}

/// Presets are applied when a person configures: build, test and package presets change no compilation.
bool same_configure_presets(const Snapshot& snapshot, const GitDelta& delta) {
  if (delta.kind != GitDelta::Kind::modified) return false;
  const auto before = snapshot.base_text(delta), after = snapshot.head_text(delta.path);
  if (!before || !after) return false;
  const auto old_json = parse_json(*before, delta.path), new_json = parse_json(*after, delta.path);
  if (!old_json || !new_json) return false;
  return array_at(*old_json, "configurePresets") == array_at(*new_json, "configurePresets") &&
         array_at(*old_json, "include") == array_at(*new_json, "include");
}

bool is_presets(const std::string& name) {
  return name == "CMakePresets.json" || name == "CMakeUserPresets.json";
}

}  // namespace

/// The presets of every folder and what they include, at head.
std::set<std::string> preset_files(const Snapshot& snapshot) {
  std::set<std::string> files;
  const bool any = std::any_of(snapshot.deltas().begin(), snapshot.deltas().end(),
                               [](const GitDelta& delta) { return ends_with(delta.path, ".json"); });
  std::vector<std::string> open;
  for (const char* name : {"CMakePresets.json", "CMakeUserPresets.json"}) {
    if (any && snapshot.tracked(name)) open.emplace_back(name);
  }
  while (!open.empty()) {
    const std::string file = open.back();
    open.pop_back();
    const auto text =
        files.insert(file).second ? snapshot.head_text(file) : Result<std::string>(std::string());
    const auto json = text ? parse_json(*text, file) : Result<Json>(Json());
    if (!json) continue;
    const size_t slash = file.rfind('/');
    for (const Json& include : array_at(*json, "include")) {
      if (!include.is_string()) continue;
      const std::string folder =
          snapshot.root() + "/" + (slash == std::string::npos ? "" : file.substr(0, slash));
      if (auto path = snapshot.relative_path(join(folder, include.get<std::string>()))) open.push_back(*path);
    }
  }
  return files;
}

std::string canonical_cmake(const std::string& text) {
  std::string result;
  for (size_t i = 0; i < text.size();) {
    size_t end = i + 1;
    if (text[i] == '#') {
      const size_t bracket = bracket_length(text, i + 1);
      end = bracket ? bracket_end(text, i + 1, bracket) : std::min(text.find('\n', i), text.size());
    } else if (const size_t bracket = bracket_length(text, i)) {
      end = bracket_end(text, i, bracket);
      result += text.substr(i, end - i);
    } else if (text[i] == '"') {
      while (end < text.size() && text[end] != '"') end += text[end] == '\\' ? 2 : 1;
      end = std::min(end + 1, text.size());
      result += text.substr(i, end - i);
    } else if (text[i] == '\\') {
      end = std::min(i + 2, text.size());
      result += text.substr(i, end - i);
    } else if (isspace(static_cast<unsigned char>(text[i]))) {
      if (!result.empty() && result.back() != ' ') result += ' ';
    } else {
      result += text[i];
    }
    i = end;
  }
  return trim(result);
}

std::vector<std::string> changed_cmake_files(Snapshot& snapshot, const CodeModel& model) {
  std::set<std::string> known;
  for (const std::string& input : model.cmake_inputs) {
    if (const auto file = snapshot.relative_path(canonical(input))) known.insert(*file);
  }
  for (const std::string& file : read_by_cmake(snapshot, model)) known.insert(file);
  const std::set<std::string> presets = preset_files(snapshot);
  std::vector<std::string> changed;
  for (const GitDelta& delta : snapshot.deltas()) {
    const std::string name = delta.path.substr(delta.path.rfind('/') + 1);
    if (name == "ke.lock.json") continue;  // compared entry by entry
    const bool script = name == "CMakeLists.txt" || ends_with(name, ".cmake");
    const bool preset = presets.contains(delta.path) || is_presets(name);
    if (!script && !preset && !known.contains(delta.path)) continue;
    if (script && delta.kind == GitDelta::Kind::modified) {
      const auto before = snapshot.base_text(delta), after = snapshot.head_text(delta.path);
      if (before && after && canonical_cmake(*before) == canonical_cmake(*after)) continue;
    }
    if (is_c_family(delta.path) && snapshot.same_tokens(delta)) continue;
    if (preset && same_configure_presets(snapshot, delta)) continue;
    changed.push_back(delta.path);
  }
  return changed;
}

}  // namespace ke
