// SPDX-License-Identifier: MIT
#include "ke-ci/propose/lock.h"

#include "ke-build/base/files.h"
#include "ke-build/base/json.h"
#include "ke-build/base/text.h"
#include "ke-build/detect/detect.h"
#include "ke-ci/propose/paths.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace ke {
namespace {

constexpr uint64_t kLockLimitBytes = 4u << 20;
constexpr int kLockVersion = 1;

// Figures are rounded so that a repeated validation does not rewrite digits that mean nothing.
double rounded(double value) {
  if (!std::isfinite(value) || value == 0) return 0;
  const double unit = std::pow(10.0, 3 - std::floor(std::log10(std::abs(value))));
  return std::round(value * unit) / unit;
}

Result<LockWorkload> workload_from(const Json& json, const std::string& origin, const std::string& path) {
  ObjectReader reader(json, origin, path);
  LockWorkload workload;
  KE_TRY(workload.name, reader.text("name"));
  if (const Json* axes = reader.get("axes")) {
    if (!axes->is_object()) return reader.error_at("axes", "expected an object of integers");
    ObjectReader sizes(*axes, origin, path + ".axes");
    for (const auto& item : axes->items()) {
      KE_TRY(workload.axes[item.key()], sizes.integer(item.key()));
    }
  }
  KE_TRY(workload.speedup, reader.number("speedup"));
  KE_TRY(workload.low, reader.number("low"));
  KE_TRY(workload.high, reader.number("high"));
  KE_DO(reader.finish());
  return workload;
}

Result<std::map<std::string, std::string>> defines_from(ObjectReader& reader) {
  std::map<std::string, std::string> defines;
  const Json* json = reader.get("defines");
  if (!json) return defines;
  if (!json->is_object()) return reader.error_at("defines", "expected an object of strings");
  ObjectReader values(*json, reader.origin(), reader.path_of("defines"));
  for (const auto& item : json->items()) {
    KE_TRY(auto value, values.text(item.key()));
    if (!is_adoptable_define(item.key(), value)) {
      return values.error_at(item.key(),
                             "is not a macro name with one plain value (letters, digits, _ . + -)");
    }
    defines[item.key()] = std::move(value);
  }
  return defines;
}

Result<> read_rows(ObjectReader& reader, LockEntry& entry) {
  const Json* rows = reader.get("workloads");
  if (!rows) return ok();
  if (!rows->is_array()) return reader.error_at("workloads", "expected an array of objects");
  for (size_t i = 0; i < rows->size(); ++i) {
    const std::string path = fmt::format("{}[{}]", reader.path_of("workloads"), i);
    KE_TRY(auto workload, workload_from((*rows)[i], reader.origin(), path));
    entry.workloads.push_back(std::move(workload));
  }
  return ok();
}

Result<LockEntry> entry_from(const Json& json, const std::string& origin, const std::string& path) {
  ObjectReader reader(json, origin, path);
  LockEntry entry;
  KE_TRY(entry.source, reader.text("source"));
  if (!is_plain_relative(entry.source)) {
    return reader.error_at("source", "expected a path inside the repository, without '..'");
  }
  KE_TRY(entry.token_hash, reader.text("token_hash"));
  KE_TRY(entry.candidate, reader.text_or("candidate", ""));
  KE_TRY(entry.flags, reader.texts_or_empty("flags"));
  for (const std::string& flag : entry.flags) {
    if (!is_adoptable_flag(flag)) {
      return reader.error_at("flags",
                             fmt::format("'{}' is not a plain code generation flag; paths, plug-ins, "
                                         "linker and response files are refused",
                                         flag.substr(0, 60)));
    }
  }
  KE_TRY(entry.defines, defines_from(reader));
  KE_TRY(entry.hardware, reader.text_or("hardware", ""));
  KE_TRY(entry.compiler, reader.text_or("compiler", ""));
  KE_TRY(entry.processor, reader.text_or("processor", ""));
  KE_TRY(entry.base_flags, reader.text_or("base_flags", ""));
  KE_DO(read_rows(reader, entry));
  KE_TRY(entry.speedup, reader.number_or("speedup", 1));
  KE_TRY(entry.low, reader.number_or("low", entry.speedup));
  KE_TRY(entry.high, reader.number_or("high", entry.speedup));
  KE_TRY(entry.session, reader.text_or("session", ""));
  KE_TRY(entry.validated, reader.text_or("validated", ""));
  KE_DO(reader.finish());
  return entry;
}

Json to_json(const LockEntry& entry) {
  Json json = Json::object();
  json["source"] = entry.source;
  json["token_hash"] = entry.token_hash;
  json["candidate"] = entry.candidate;
  json["flags"] = entry.flags;
  json["defines"] = Json::object();
  for (const auto& [name, value] : entry.defines) json["defines"][name] = value;
  json["hardware"] = entry.hardware;
  json["compiler"] = entry.compiler;
  json["processor"] = entry.processor;
  json["base_flags"] = entry.base_flags;
  json["workloads"] = Json::array();
  for (const LockWorkload& workload : entry.workloads) {
    Json axes = Json::object();
    for (const auto& [name, size] : workload.axes) axes[name] = size;
    json["workloads"].push_back({{"name", workload.name},
                                 {"axes", axes},
                                 {"speedup", rounded(workload.speedup)},
                                 {"low", rounded(workload.low)},
                                 {"high", rounded(workload.high)}});
  }
  json["speedup"] = rounded(entry.speedup);
  json["low"] = rounded(entry.low);
  json["high"] = rounded(entry.high);
  json["session"] = entry.session;
  json["validated"] = entry.validated;
  return json;
}

bool all_of(const std::string& text, const char* extra) {
  return std::all_of(text.begin(), text.end(), [&](unsigned char c) {
    return (c < 128 && std::isalnum(c)) ||
           (c != 0 && std::string_view(extra).find(static_cast<char>(c)) != std::string_view::npos);
  });
}

}  // namespace

bool is_adoptable_flag(const std::string& flag) {
  if (flag.size() < 3 || flag.size() > 100 || flag[0] != '-' || !all_of(flag.substr(1), "_=.,+-"))
    return false;
  static const char* const kRefused[] = {
      "-fplugin",        "-fprofile-use", "-fprofile-generate", "-fauto-profile", "-fdump",   "-fsave",
      "-foffload",       "-fcallgraph",   "-fpass-plugin",      "-fmodule",       "-fuse-ld", "-fsanitize",
      "-ftest-coverage", "-fwpa",         "-fresolution",       "-finstrument"};
  for (const char* refused : kRefused) {
    if (starts_with(flag, refused)) return false;
  }
  if (starts_with(flag, "--param=")) return true;
  return flag[1] == 'f' || flag[1] == 'm' || (flag[1] == 'O' && flag.size() <= 6);
}

bool is_adoptable_define(const std::string& name, const std::string& value) {
  const bool named = !name.empty() && name.size() <= 100 &&
                     !std::isdigit(static_cast<unsigned char>(name[0])) && all_of(name, "_");
  return named && value.size() <= 100 && all_of(value, "_.+-");
}

Result<Lock> parse_lock(const std::string& text, const std::string& origin) {
  KE_TRY(const auto json, parse_json(text, origin));
  ObjectReader reader(json, origin, "$");
  KE_TRY(const auto version, reader.integer("version"));
  if (version != kLockVersion) {
    return reader.error_at("version",
                           fmt::format("found {}, this program reads version {}", version, kLockVersion));
  }
  Lock lock;
  if (const Json* operators = reader.get("operators")) {
    if (!operators->is_object()) return reader.error_at("operators", "expected an object");
    for (const auto& item : operators->items()) {
      KE_TRY(lock.operators[item.key()], entry_from(item.value(), origin, "$.operators." + item.key()));
    }
  }
  KE_DO(reader.finish());
  return lock;
}

Result<Lock> read_lock(const std::string& folder) {
  const std::string path = join(folder, kLockFile);
  auto text = read_file(path, kLockLimitBytes);
  if (!text && text.error().code == ErrorCode::not_found) return Lock{};
  if (!text) return std::move(text).error();
  return parse_lock(*text, path);
}

std::string lock_text(const Lock& lock) {
  Json json = {{"version", kLockVersion}, {"operators", Json::object()}};
  for (const auto& [name, entry] : lock.operators) json["operators"][name] = to_json(entry);
  return to_text(json);
}

std::vector<std::string> stale_entries(const Lock& lock, const std::string& folder) {
  std::vector<std::string> stale;
  for (const auto& [name, entry] : lock.operators) {
    const auto source = read_file(join(folder, entry.source), 16u << 20);
    if (!source || token_hash(*source) != entry.token_hash) stale.push_back(name);
  }
  return stale;
}

}  // namespace ke
