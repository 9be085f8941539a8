// SPDX-License-Identifier: MIT
#include "ke-build/base/measure_lock.h"

#include "ke-build/base/clock.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include <unistd.h>

namespace ke {
namespace {

Result<FileLock> in_turn(const std::string& path, LockMode mode, double timeout_s) {
  const Deadline deadline(timeout_s);
  KE_TRY(const FileLock turn, FileLock::acquire(path + ".turn", timeout_s));
  return FileLock::acquire(path, std::max(0.0, deadline.left_s()), mode);
}

}  // namespace

std::string measure_lock_path(const std::string& otherwise) {
  if (const char* given = std::getenv("KE_MEASURE_LOCK"); given != nullptr && *given != 0) return given;
  const char* runtime = std::getenv("XDG_RUNTIME_DIR");
  std::error_code error;
  std::string parent = runtime != nullptr ? runtime : "";
  if (parent.empty() || !is_own_folder(parent)) {
    parent = std::filesystem::temp_directory_path(error).string();
    if (error) return join(otherwise, "measure.lock");
  }
  const std::string folder = join(parent, fmt::format("kernelevolve-{}", ::geteuid()));
  return join(is_own_folder(folder) ? folder : otherwise, "measure.lock");
}

Result<FileLock> lock_for_measuring(const std::string& path, double timeout_s) {
  return in_turn(path, LockMode::exclusive, timeout_s);
}

Result<FileLock> lock_for_compiling(const std::string& path, double timeout_s) {
  return in_turn(path, LockMode::shared, timeout_s);
}

}  // namespace ke
