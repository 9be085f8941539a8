// SPDX-License-Identifier: MIT
#include "ke-build/project/file_api.h"

#include "ke-build/base/files.h"
#include "ke-build/base/text.h"
#include "ke-build/project/json_access.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace ke {
namespace {

constexpr int kAttempts = 5;
constexpr const char* kClient = "client-ke";

Error not_a_reply(const std::string& origin, const std::string& what) {
  return {
      ErrorCode::usage,
      fmt::format("{}: not a CMake File API reply: {}; delete the folder and run cmake again", origin, what)};
}

std::string reply_dir_of(const std::string& build_dir) { return join(build_dir, ".cmake/api/v1/reply"); }

std::string newest_index(const std::string& reply_dir) {
  std::string newest;
  std::error_code error;
  for (std::filesystem::directory_iterator it(reply_dir, error), end; !error && it != end;
       it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (starts_with(name, "index-") && ends_with(name, ".json")) newest = std::max(newest, name);
  }
  return newest;
}

/// A reply may only point beside itself: `../x` or `/etc/passwd` in a jsonFile is not a reply of CMake.
bool is_plain_name(const std::string& name) {
  return !name.empty() && name.find('/') == std::string::npos && name[0] != '.';
}

/// Our own answer first; a shared stateless answer carries the same objects.
Result<IndexEntry> answers(const Json& index, const std::string& origin) {
  const Json* reply = member(index, "reply");
  const Json* client = reply ? member(*reply, kClient) : nullptr;
  const Json* query = client ? member(*client, "query.json") : nullptr;
  if (!query) {
    return Error{ErrorCode::not_found,
                 fmt::format("{} holds no answer to our query yet; run cmake again", origin)};
  }
  IndexEntry entry;
  for (const Json& response : array_at(*query, "responses")) {
    const std::string kind = text_at(response, "kind"), file = text_at(response, "jsonFile");
    if (file.empty()) continue;  // an error response, for example for a kind that this CMake does not know
    if (!is_plain_name(file)) return not_a_reply(origin, fmt::format("jsonFile is '{}'", file));
    if (kind == "codemodel") entry.codemodel = file;
    if (kind == "cmakeFiles") entry.cmake_files = file;
    if (kind == "toolchains") entry.toolchains = file;
  }
  if (entry.codemodel.empty()) return not_a_reply(origin, "no codemodel among the responses");
  return entry;
}

// A cmake that was killed, or ran beside another one, leaves an index that promises more than there is.
Result<> all_targets_exist(const CodeModel& model) {
  for (const ConfigurationModel& configuration : model.configurations) {
    for (const TargetRef& target : configuration.targets) {
      if (const std::string path = join(model.reply_dir, target.json_file); !exists(path))
        return Error{ErrorCode::not_found, fmt::format("{} is missing; run cmake again", path)};
    }
  }
  return ok();
}

Result<CodeModel> read_once(const std::string& build_dir) {
  CodeModel model;
  model.reply_dir = reply_dir_of(build_dir);
  const std::string name = newest_index(model.reply_dir);
  if (name.empty()) {
    return Error{ErrorCode::not_found,
                 fmt::format("{} holds no File API reply; run cmake again", model.reply_dir)};
  }
  const std::string origin = join(model.reply_dir, name);
  KE_TRY(auto index, read_json(origin));
  KE_TRY(auto entry, parse_index(index, origin, model));
  const auto parse_file = [&](const std::string& file, auto parse) -> Result<> {
    const std::string path = join(model.reply_dir, file);
    KE_TRY(auto reply, read_json(path));
    return parse(reply, path, model);
  };
  KE_DO(parse_file(entry.codemodel, parse_code_model));
  if (!entry.cmake_files.empty()) KE_DO(parse_file(entry.cmake_files, parse_cmake_files));
  if (!entry.toolchains.empty()) KE_DO(parse_file(entry.toolchains, parse_toolchains));
  KE_DO(all_targets_exist(model));
  return model;
}

}  // namespace

Result<const ConfigurationModel*> CodeModel::configuration(const std::string& name) const {
  std::vector<std::string> names;
  for (const auto& entry : configurations) {
    if (name.empty() || entry.name == name) return &entry;
    names.push_back(entry.name);
  }
  return Error{ErrorCode::usage, fmt::format("{} has no configuration '{}'{}; it has: {}", build_dir, name,
                                             suggestion(name, names), join_texts(names, ", "))};
}

Result<> write_query(const std::string& build_dir) {
  return write_file(
      join(build_dir, fmt::format(".cmake/api/v1/query/{}/query.json", kClient)),
      "{\"requests\":[{\"kind\":\"codemodel\",\"version\":2},{\"kind\":\"cmakeFiles\",\"version\":1},"
      "{\"kind\":\"toolchains\",\"version\":1}]}\n");
}

Result<CodeModel> read_code_model(const std::string& build_dir) {
  for (int attempt = 1;; ++attempt) {
    auto model = read_once(build_dir);
    if (model || model.error().code != ErrorCode::not_found || attempt == kAttempts) return model;
    // Only a newer index explains vanished files; otherwise trying again cannot help.
    if (newest_index(reply_dir_of(build_dir)).empty()) return model;
  }
}

Result<TargetModel> read_target(const CodeModel& model, const TargetRef& target) {
  const std::string path = join(model.reply_dir, target.json_file);
  KE_TRY(auto reply, read_json(path));
  return parse_target(reply, path, model.source_dir, model.build_dir);
}

Result<IndexEntry> parse_index(const Json& index, const std::string& origin, CodeModel& model) {
  const Json* cmake = member(index, "cmake");
  const Json* generator = cmake ? member(*cmake, "generator") : nullptr;
  if (!generator) return not_a_reply(origin, "no cmake.generator");
  model.generator = text_at(*generator, "name");
  model.multi_config = flag_at(*generator, "multiConfig");
  if (const Json* version = member(*cmake, "version")) model.cmake_version = text_at(*version, "string");
  return answers(index, origin);
}

Result<> parse_code_model(const Json& reply, const std::string& origin, CodeModel& model) {
  const Json* paths = member(reply, "paths");
  if (!paths || text_at(*paths, "source").empty() || text_at(*paths, "build").empty()) {
    return not_a_reply(origin, "no paths.source and paths.build");
  }
  model.source_dir = text_at(*paths, "source");
  model.build_dir = text_at(*paths, "build");
  for (const Json& configuration : array_at(reply, "configurations")) {
    ConfigurationModel entry;
    entry.name = text_at(configuration, "name");
    for (const Json& target : array_at(configuration, "targets")) {
      TargetRef ref{text_at(target, "name"), text_at(target, "id"), text_at(target, "jsonFile")};
      if (!is_plain_name(ref.json_file))
        return not_a_reply(origin, fmt::format("jsonFile is '{}'", ref.json_file));
      entry.targets.push_back(std::move(ref));
    }
    model.configurations.push_back(std::move(entry));
  }
  if (model.configurations.empty()) return not_a_reply(origin, "no configurations");
  return ok();
}

Result<> parse_cmake_files(const Json& reply, const std::string&, CodeModel& model) {
  for (const Json& input : array_at(reply, "inputs")) {
    if (flag_at(input, "isGenerated") || flag_at(input, "isExternal") || flag_at(input, "isCMake")) continue;
    const std::string path = text_at(input, "path");
    if (!path.empty()) model.cmake_inputs.push_back(join(model.source_dir, path));
  }
  return ok();
}

Result<> parse_toolchains(const Json& reply, const std::string&, CodeModel& model) {
  for (const Json& toolchain : array_at(reply, "toolchains")) {
    const Json* compiler = member(toolchain, "compiler");
    if (!compiler) continue;
    model.toolchains.push_back({text_at(toolchain, "language"), text_at(*compiler, "path"),
                                text_at(*compiler, "id"), text_at(*compiler, "version")});
  }
  return ok();
}

}  // namespace ke
