// SPDX-License-Identifier: MIT
#include "ke-build/detect/named.h"

#include "ke-build/base/files.h"
#include "ke-build/base/text.h"
#include "ke-build/detect/cmake_changes.h"

#include <algorithm>
#include <set>

namespace ke {
namespace {

constexpr uint64_t kScriptLimit_bytes = 1u << 20;
constexpr size_t kScriptLimit = 200;

std::string file_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

bool ends_with_any(const std::string& text, const std::vector<const char*>& endings) {
  return std::any_of(endings.begin(), endings.end(), [&](const char* end) { return ends_with(text, end); });
}

bool is_linkable(const std::string& path) {
  return ends_with_any(path, {".a", ".o", ".so", ".obj", ".lib", ".bc", ".ld", ".lds", ".map"}) ||
         file_name(path).find(".so.") != std::string::npos;
}

bool is_name_character(char c) {
  return isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-' || c == '.';
}

/// Where `name` stands in the text as a whole file name; npos when it does not.
size_t find_name(const std::string& text, const std::string& name, size_t from = 0) {
  for (size_t at = text.find(name, from); at != std::string::npos; at = text.find(name, at + 1)) {
    const size_t end = at + name.size();
    const bool begins = at == 0 || !is_name_character(text[at - 1]);
    if (begins && (end == text.size() || !is_name_character(text[end]))) return at;
  }
  return std::string::npos;
}

/// The command whose arguments hold `at`, in lower case: "file", "set", ...
std::string command_at(const std::string& text, size_t at) {
  const size_t open = text.rfind('(', at);
  if (open == std::string::npos) return "";
  size_t end = open;
  while (end > 0 && text[end - 1] == ' ') --end;
  size_t begin = end;
  while (begin > 0 && is_name_character(text[begin - 1])) --begin;
  std::string command = text.substr(begin, end - begin);
  for (char& c : command) c = static_cast<char>(tolower(static_cast<unsigned char>(c)));
  return command;
}

/// Sources stand in lists of sources: only commands that read files make C texts an input of CMake.
bool reads_c_text(const std::string& text, const std::string& name) {
  static const std::set<std::string> commands = {"file", "execute_process", "try_compile", "try_run"};
  for (size_t at = find_name(text, name); at != std::string::npos; at = find_name(text, name, at + 1)) {
    if (commands.contains(command_at(text, at))) return true;
  }
  return false;
}

/// Scripts that a text names and that stand beside it or in the source folder.
std::vector<std::string> scripts_in(const std::string& text, const std::string& folder,
                                    const std::string& top) {
  std::vector<std::string> scripts;
  for (std::string word : split(replace_all(replace_all(text, "(", " "), ")", " "), ' ')) {
    word = trim(replace_all(word, "\"", ""));
    if (!ends_with_any(word, {".py", ".sh", ".pl", ".rb", ".awk", ".m4", ".lua", ".js", ".tcl", ".cmake"}))
      continue;
    const size_t variable = word.rfind('}');
    const std::string name = variable == std::string::npos ? word : word.substr(variable + 1);
    for (const std::string& where : {folder, top}) {
      const std::string path = join(where, name[0] == '/' ? name.substr(1) : name);
      if (exists(path)) scripts.push_back(path);
    }
  }
  return scripts;
}

/// Texts of CMake's own inputs and of the scripts that they name, which run while CMake configures.
std::vector<std::string> configure_texts(const CodeModel& model, bool scripts) {
  std::vector<std::string> texts, files = model.cmake_inputs;
  std::set<std::string> seen(files.begin(), files.end());
  for (size_t i = 0; i < files.size(); ++i) {
    const auto text = read_file(files[i], kScriptLimit_bytes);
    if (!text) continue;
    texts.push_back(i < model.cmake_inputs.size() ? canonical_cmake(*text) : *text);
    const std::string folder = files[i].substr(0, files[i].rfind('/'));
    if (!scripts || files.size() > model.cmake_inputs.size() + kScriptLimit) continue;
    for (std::string& script : scripts_in(texts.back(), folder, model.source_dir)) {
      if (seen.insert(script).second) files.push_back(std::move(script));
    }
  }
  return texts;
}

bool is_for_people(const std::string& path) { return ends_with_any(path, {".md", ".rst"}); }

}  // namespace

std::string what_passage(const GitDelta& delta) {
  return (delta.submodule ? "changed submodule " : "changed symbolic link ") + delta.path;
}

const GitDelta* named_on(const std::vector<std::string>& words, const Snapshot& snapshot,
                         const Project& project) {
  const std::string real_top = canonical(project.source_dir);
  for (const GitDelta& delta : snapshot.deltas()) {
    if (!delta.link && (is_c_family(delta.path) || delta.submodule)) continue;
    const std::string path = snapshot.root() + "/" + delta.path;
    for (const std::string& given : words) {
      const std::string word = replace_all(given, project.source_dir + "/", real_top + "/");
      const size_t at = word.find(path);
      const size_t end = at + path.size();
      if (at != std::string::npos && (end == word.size() || !is_name_character(word[end]))) return &delta;
      if (starts_with(word, "@") && canonical(join(project.build_dir, word.substr(1))) == path) return &delta;
    }
  }
  return nullptr;
}

const GitDelta* named_binary(const Snapshot& snapshot, const CodeModel& model) {
  std::vector<std::string> texts;
  for (const GitDelta& delta : snapshot.deltas()) {
    if (!is_linkable(delta.path)) continue;
    if (texts.empty()) texts = configure_texts(model, false);
    std::string name = file_name(delta.path);
    const std::string stem = name.substr(0, name.find('.'));
    for (const std::string& text : texts) {
      const bool by_stem = starts_with(stem, "lib") && find_name(text, stem.substr(3)) != std::string::npos;
      if (by_stem || find_name(text, name) != std::string::npos) return &delta;
    }
  }
  return nullptr;
}

std::vector<std::string> read_by_cmake(const Snapshot& snapshot, const CodeModel& model) {
  std::vector<std::string> files, texts;
  for (const GitDelta& delta : snapshot.deltas()) {
    const std::string name = file_name(delta.path);
    if (is_for_people(name) || is_linkable(name) || ends_with(name, ".ke.json") || name == "ke.lock.json" ||
        delta.submodule) {
      continue;
    }
    if (texts.empty()) texts = configure_texts(model, true);
    const bool c_text = is_c_family(name);
    const bool read = std::any_of(texts.begin(), texts.end(), [&](const std::string& text) {
      return c_text ? reads_c_text(text, name) : find_name(text, name) != std::string::npos;
    });
    if (read) files.push_back(delta.path);
  }
  return files;
}

}  // namespace ke
