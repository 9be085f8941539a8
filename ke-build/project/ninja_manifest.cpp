// SPDX-License-Identifier: MIT
#include "ke-build/project/ninja_manifest.h"

#include "ke-build/base/files.h"
#include "ke-build/base/text.h"

#include <fmt/format.h>

#include <map>

namespace ke {
namespace {

constexpr int kIncludeDepth = 16;
constexpr size_t kVariableLimit = 1u << 16;

/// Parses the subset of the language that names files: variables, build statements, include and subninja.
/// Rules, pools and defaults are skipped. Words follow ninja's manual, "Lexical syntax".
class Parser {
 public:
  Parser(NinjaManifest& manifest, std::string build_dir, const ManifestLoader& load)
      : manifest_(manifest), build_dir_(std::move(build_dir)), load_(load) {}

  Result<> parse(std::string_view text, int depth) {
    if (depth > kIncludeDepth)
      return Error{ErrorCode::usage, "ninja manifest: includes are nested too deeply"};
    size_t at = 0;
    while (at < text.size()) {
      std::string_view line = next_line(text, at);
      if (line.empty() || line[0] == '#') continue;
      if (line[0] == ' ') {
        binding(line);
        continue;
      }
      edge_ = nullptr;
      KE_DO(statement(line, depth));
    }
    return ok();
  }

 private:
  static std::string_view next_line(std::string_view text, size_t& at) {
    const size_t begin = at;
    size_t end = begin;
    for (;;) {
      end = text.find('\n', end);
      if (end == std::string_view::npos) end = text.size();
      size_t dollars = 0;  // an odd number of $ before the line end continues the line
      while (end > begin + dollars && text[end - 1 - dollars] == '$') ++dollars;
      if (dollars % 2 == 0 || end >= text.size()) break;
      ++end;
    }
    at = end + 1;
    return text.substr(begin, end - begin);
  }

  void binding(std::string_view line) {
    if (!edge_) return;
    const size_t begin = line.find_first_not_of(' ');
    if (begin == std::string_view::npos) return;
    line.remove_prefix(begin);
    if (starts_with(line, "COMMAND = ")) edge_->command = std::string(line.substr(10));
    if (starts_with(line, "INCLUDES = ")) edge_->includes = std::string(line.substr(11));
  }

  Result<> statement(std::string_view line, int depth) {
    if (starts_with(line, "build ")) return build(line.substr(6));
    for (const std::string_view word : {"rule ", "pool ", "default "}) {
      if (starts_with(line, word)) return ok();
    }
    for (const std::string_view word : {"include ", "subninja "}) {
      if (!starts_with(line, word)) continue;
      size_t at = word.size();
      KE_TRY(auto text, load_(word_at(line, at)));
      return parse(text, depth + 1);
    }
    const size_t equals = line.find('=');
    if (equals == std::string_view::npos) {
      return Error{ErrorCode::usage, fmt::format("ninja manifest: '{}' is no statement", line.substr(0, 80))};
    }
    size_t at = 0;
    std::string value = expand(trim(line.substr(equals + 1)), at, false);
    if (value.size() <= kVariableLimit) variables_[trim(line.substr(0, equals))] = std::move(value);
    return ok();
  }

  Result<> build(std::string_view line) {
    NinjaEdge edge;
    size_t at = 0;
    if (!words(line, at, edge.outputs) || at >= line.size() || line[at] != ':') {
      return Error{ErrorCode::usage, fmt::format("ninja manifest: no ':' in 'build {}'", line.substr(0, 80))};
    }
    edge.rule = word_at(line, ++at);
    std::vector<uint32_t> validations;
    std::vector<uint32_t>* list = &edge.inputs;
    while (words(line, at, *list) && at < line.size() && line[at] == '|') {
      ++at;
      if (at < line.size() && line[at] == '|') {
        ++at;
        list = &edge.order_only;
      } else if (at < line.size() && line[at] == '@') {
        ++at;
        list = &validations;
      }
    }
    manifest_.add(std::move(edge));
    edge_ = &manifest_.edges.back();
    return ok();
  }

  /// Appends paths until ':', a lone '|' that starts another list, or the end. In outputs '|' only separates.
  bool words(std::string_view line, size_t& at, std::vector<uint32_t>& into) {
    const bool outputs = at == 0;
    for (;;) {
      while (at < line.size() && (line[at] == ' ' || (outputs && line[at] == '|'))) ++at;
      if (at >= line.size() || line[at] == ':' || line[at] == '|') return true;
      const size_t before = at;
      std::string word = expand(line, at, true);
      if (at == before) return false;
      into.push_back(manifest_.intern(absolute(std::move(word))));
    }
  }

  std::string word_at(std::string_view line, size_t& at) {
    while (at < line.size() && line[at] == ' ') ++at;
    return expand(line, at, true);
  }

  /// Expands `$` escapes and variables; a path ends at an unescaped space, ':' or '|'.
  std::string expand(std::string_view text, size_t& at, bool path) {
    std::string value;
    while (at < text.size()) {
      const char c = text[at];
      if (path && (c == ' ' || c == ':' || c == '|' || c == '\n')) break;
      ++at;
      if (c != '$' || at >= text.size()) {
        value += c;
        continue;
      }
      const char next = text[at];
      if (next == '\n') {
        ++at;
        while (at < text.size() && text[at] == ' ') ++at;
      } else if (next == '{' || is_name(next)) {
        value += variable(text, at);
      } else {
        value += next;
        ++at;
      }
      if (value.size() > kVariableLimit) break;
    }
    return value;
  }

  std::string variable(std::string_view text, size_t& at) {
    const bool braces = text[at] == '{';
    if (braces) ++at;
    const size_t begin = at;
    while (at < text.size() && (is_name(text[at]) || (braces && text[at] == '.'))) ++at;
    const auto found = variables_.find(std::string(text.substr(begin, at - begin)));
    if (braces && at < text.size() && text[at] == '}') ++at;
    return found == variables_.end() ? std::string() : found->second;
  }

  static bool is_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  }

  std::string absolute(std::string path) const {
    std::string full = starts_with(path, "/") ? std::move(path) : build_dir_ + "/" + path;
    return full.find("/.") == std::string::npos ? full : join(full, ".");
  }

  NinjaManifest& manifest_;
  std::string build_dir_;
  const ManifestLoader& load_;
  std::map<std::string, std::string> variables_;
  NinjaEdge* edge_ = nullptr;
};

}  // namespace

int64_t NinjaManifest::find(const std::string& path) const {
  const auto found = ids_.find(path);
  return found == ids_.end() ? -1 : static_cast<int64_t>(found->second);
}

const NinjaEdge* NinjaManifest::producer(uint32_t node) const {
  return node < producers_.size() && producers_[node] >= 0 ? &edges[static_cast<size_t>(producers_[node])]
                                                           : nullptr;
}

std::vector<const NinjaEdge*> NinjaManifest::compiled_from(const std::string& path) const {
  std::vector<const NinjaEdge*> result;
  const int64_t id = find(path);
  if (id < 0) return result;
  const auto [begin, end] = by_first_input_.equal_range(static_cast<uint32_t>(id));
  for (auto it = begin; it != end; ++it) result.push_back(&edges[it->second]);
  return result;
}

uint32_t NinjaManifest::intern(std::string path) {
  const auto [it, fresh] = ids_.try_emplace(std::move(path), static_cast<uint32_t>(paths.size()));
  if (fresh) {
    paths.push_back(it->first);
    producers_.push_back(-1);
  }
  return it->second;
}

void NinjaManifest::add(NinjaEdge edge) {
  const auto index = static_cast<uint32_t>(edges.size());
  // CMake adds phony edges such as `build libops.a: phony lib/libops.a`; the real producer wins.
  for (const uint32_t output : edge.outputs) {
    if (edge.rule != "phony" || producers_[output] < 0) producers_[output] = static_cast<int32_t>(index);
  }
  if (!edge.inputs.empty()) by_first_input_.emplace(edge.inputs[0], index);
  edges.push_back(std::move(edge));
}

Result<NinjaManifest> parse_manifest(std::string_view text, const std::string& build_dir,
                                     const ManifestLoader& load) {
  NinjaManifest manifest;
  KE_DO(Parser(manifest, build_dir, load).parse(text, 0));
  return manifest;
}

Result<NinjaManifest> read_manifest(const std::string& build_dir, const std::string& configuration) {
  std::string path = join(build_dir, fmt::format("build-{}.ninja", configuration));
  if (!exists(path)) path = join(build_dir, "build.ninja");
  KE_TRY(auto text, read_file(path));
  // CMake's manifests include files of the build folder only.
  const ManifestLoader load = [&](const std::string& name) -> Result<std::string> {
    if (name.empty() || name[0] == '/' || name.find("..") != std::string::npos) {
      return Error{ErrorCode::usage,
                   fmt::format("{} includes '{}', outside of the build folder", path, name)};
    }
    return read_file(join(build_dir, name));
  };
  return parse_manifest(text, build_dir, load);
}

}  // namespace ke
