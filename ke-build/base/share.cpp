// SPDX-License-Identifier: MIT
#include "ke-build/base/share.h"

#include "ke-build/base/files.h"

#include <cstdlib>
#include <filesystem>

namespace ke {

std::string executable_path() {
  std::error_code code;
  return std::filesystem::read_symlink("/proc/self/exe", code).string();
}

std::string share_dir() {
  if (const char* chosen = std::getenv("KE_SHARE")) return chosen;
  const std::string installed =
      (std::filesystem::path(executable_path()).parent_path().parent_path() / "share/kernelevolve").string();
  return exists(installed) ? installed : KE_SOURCE_DIR;
}

}  // namespace ke
