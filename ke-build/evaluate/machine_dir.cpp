// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/machine_dir.h"

#include "ke-build/base/files.h"
#include "ke-build/base/text.h"
#include "ke-build/evaluate/ceilings.h"

#include <cstdlib>
#include <filesystem>

namespace ke {
namespace {

/// XDG Base Directory Specification 0.8: paths that are not absolute are to be ignored.
std::string cache_home() {
  for (const auto& [name, below] : {std::pair("XDG_CACHE_HOME", ""), std::pair("HOME", ".cache")}) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value == '/') return *below == 0 ? value : join(value, below);
  }
  return "";
}

}  // namespace

std::string machine_dir(const std::string& otherwise) {
  const std::string home = cache_home();
  if (home.empty()) return otherwise;
  std::error_code error;
  std::filesystem::create_directories(home, error);
  const std::string ours = join(home, "kernelevolve"), folder = join(ours, short_hash(host_facts()));
  return is_own_folder(ours) && is_own_folder(folder) ? folder : otherwise;
}

const std::string& machine_dir_of(const EvaluateOptions& options) {
  return options.machine_dir.empty() ? options.state_dir : options.machine_dir;
}

}  // namespace ke
