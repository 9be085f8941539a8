// SPDX-License-Identifier: MIT
#include "ke-build/base/clock.h"
#include "ke-build/base/files.h"
#include "ke-build/base/text.h"

#include <fmt/format.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <thread>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace ke {

Result<FileLock> FileLock::acquire(const std::string& path, double timeout_s, LockMode mode) {
  const std::string parent = std::filesystem::path(path).parent_path().string();
  if (!parent.empty()) KE_DO(make_dirs(parent));
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (fd < 0)
    return Error{ErrorCode::io, fmt::format("cannot open the lock {}: {}", path, std::strerror(errno))};
  const Deadline deadline(timeout_s);
  while (::flock(fd, (mode == LockMode::shared ? LOCK_SH : LOCK_EX) | LOCK_NB) != 0) {
    if (deadline.passed()) {
      ::close(fd);
      const std::string holder = trim(read_file(path).value_or(""));
      return Error{ErrorCode::conflict,
                   fmt::format("{} is held by another process{}; waited {:.0f} s", path,
                               holder.empty() ? "" : " (pid " + holder + ")", timeout_s)};
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  const std::string pid = fmt::format("{}\n", ::getpid());
  if (::ftruncate(fd, 0) != 0 || ::pwrite(fd, pid.data(), pid.size(), 0) < 0) {
    // The pid is only a courtesy to whoever waits; the lock itself holds.
  }
  return FileLock(fd);
}

FileLock::~FileLock() {
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace ke
