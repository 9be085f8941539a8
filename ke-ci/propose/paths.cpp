// SPDX-License-Identifier: MIT
#include "ke-ci/propose/paths.h"

#include "ke-build/base/files.h"
#include "ke-build/base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <fstream>

#include <sys/stat.h>

namespace ke {
namespace {

enum class Kind { absent, file, folder, other };

Kind kind_of(const std::string& path) {
  struct stat status {};
  if (lstat(path.c_str(), &status) != 0) return Kind::absent;
  if (S_ISREG(status.st_mode)) return Kind::file;
  return S_ISDIR(status.st_mode) ? Kind::folder : Kind::other;
}

Error refusal(const std::string& path, const std::string& why) {
  return {ErrorCode::refused, fmt::format("'{}' may not be part of a proposal: {}", path, why)};
}

}  // namespace

bool is_plain_relative(const std::string& path) {
  if (path.empty() || path.size() > 1000 || path[0] == '/' || path.back() == '/') return false;
  for (const std::string& part : split(path, '/')) {
    std::string lower = part;
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return std::tolower(c); });
    if (part.empty() || part == "." || part == ".." || lower == ".git") return false;
  }
  return std::none_of(path.begin(), path.end(),
                      [](unsigned char c) { return c < 32 || c == 127 || c == '\\'; });
}

bool is_plain_name(const std::string& name) {
  if (name.empty() || name.size() > 100 || name[0] == '.' || name[0] == '-' || name.back() == '.')
    return false;
  if (name.find("..") != std::string::npos || ends_with(name, ".lock"))
    return false;  // git refuses both in branches
  return std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return (c < 128 && std::isalnum(c)) || c == '_' || c == '-' || c == '.';
  });
}

Result<> write_inside(const std::string& root, const std::string& path, const std::string& text,
                      bool may_create) {
  if (!is_plain_relative(path)) return refusal(path, "it does not stay inside the repository");
  std::string here = root;
  const auto parts = split(path, '/');
  for (size_t i = 0; i + 1 < parts.size(); ++i) {
    here = join(here, parts[i]);
    const Kind kind = kind_of(here);
    if (kind == Kind::folder) continue;
    if (kind != Kind::absent) return refusal(path, fmt::format("'{}' is not a plain folder", here));
    if (!may_create) return refusal(path, "it does not exist at the base commit");
    KE_DO(make_dirs(here));
  }
  const std::string full = join(root, path);
  const Kind kind = kind_of(full);
  if (kind == Kind::absent && !may_create) return refusal(path, "it does not exist at the base commit");
  if (kind != Kind::absent && kind != Kind::file)
    return refusal(path, "it is a symbolic link or not a regular file");
  // In place, so that the file keeps its mode: a proposal changes content and nothing else.
  std::ofstream file(full, std::ios::binary | std::ios::trunc);
  file.write(text.data(), static_cast<std::streamsize>(text.size()));
  file.close();
  if (!file) return Error{ErrorCode::io, fmt::format("cannot write '{}'", full)};
  return ok();
}

}  // namespace ke
