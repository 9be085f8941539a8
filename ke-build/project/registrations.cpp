// SPDX-License-Identifier: MIT
#include "ke-build/project/registrations.h"

#include "ke-build/base/files.h"
#include "ke-build/base/json.h"
#include "ke-build/base/share.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <set>

namespace ke {
namespace {

constexpr int64_t kVersion = 1;

Result<Registration> parse_one(const Json& value, const std::string& origin, const std::string& path) {
  ObjectReader reader(value, origin, path);
  KE_DO(reader.require_object());
  Registration registration;
  KE_TRY(registration.name, reader.text("name"));
  KE_TRY(registration.target, reader.text("target"));
  KE_TRY(registration.spec, reader.text("spec"));
  KE_TRY(registration.sources, reader.texts_or_empty("sources"));
  KE_TRY(registration.declared_at, reader.text_or("declared_at", ""));
  if (registration.name.empty()) return reader.error_at("name", "is empty, expected a name");
  if (registration.sources.empty())
    return reader.error_at("sources", "is empty, expected at least the kernel's source");
  for (const std::string& source : registration.sources) {
    if (source.empty() || source[0] != '/') {
      return reader.error_at("sources", fmt::format("holds '{}', expected absolute paths", source));
    }
  }
  if (registration.spec.empty() || registration.spec[0] != '/') {
    return reader.error_at("spec", fmt::format("is '{}', expected an absolute path", registration.spec));
  }
  return registration;
}

}  // namespace

std::string registrations_path(const std::string& build_dir) { return join(build_dir, "ke/operators.json"); }

Result<std::vector<Registration>> parse_registrations(std::string_view text, const std::string& origin) {
  KE_TRY(auto root, parse_json(text, origin));
  ObjectReader reader(root, origin, "$");
  KE_DO(reader.require_object());
  KE_TRY(const int64_t version, reader.integer("version"));
  if (version != kVersion) {
    return reader.error_at("version",
                           fmt::format("is {}, expected {}; configure the project again with the rules of "
                                       "this tool's version",
                                       version, kVersion));
  }
  const Json* operators = reader.get("operators");
  if (!operators || !operators->is_array()) return reader.error_at("operators", "expected an array");
  std::vector<Registration> registrations;
  std::set<std::string> names;
  for (size_t i = 0; i < operators->size(); ++i) {
    const std::string path = fmt::format("$.operators[{}]", i);
    KE_TRY(auto registration, parse_one((*operators)[i], origin, path));
    if (!names.insert(registration.name).second) {
      return Error{ErrorCode::usage,
                   fmt::format("{}: {}.name: '{}' is declared twice", origin, path, registration.name)};
    }
    registrations.push_back(std::move(registration));
  }
  return registrations;
}

Result<std::vector<Registration>> read_registrations(const std::string& build_dir) {
  const std::string path = registrations_path(build_dir);
  auto text = read_file(path);
  std::vector<Registration> registrations;
  if (text) {
    KE_TRY(registrations, parse_registrations(*text, path));
  } else if (text.error().code != ErrorCode::not_found) {
    return std::move(text).error();
  }
  if (registrations.empty()) {
    return Error{
        ErrorCode::usage,
        fmt::format("{}: no operator is declared; add `find_package(KernelEvolve)` and `ke_add_operator(NAME "
                    "TARGET target SOURCES file SPEC file.ke.json)` to a CMakeLists.txt and configure again; "
                    "where these lines are there already, CMake did not find the package: configure with "
                    "-DCMAKE_PREFIX_PATH={}",
                    path, std::filesystem::path(executable_path()).parent_path().parent_path().string())};
  }
  return registrations;
}

}  // namespace ke
