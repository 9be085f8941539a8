// SPDX-License-Identifier: MIT
#include "ke-build/base/files.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace ke {
namespace fs = std::filesystem;
namespace {

Error io_error(const std::string& doing, const std::string& path, int code) {
  const char* hint = code == ENOSPC                    ? " (free some space or choose another build folder)"
                     : code == EROFS || code == EACCES ? " (choose a folder that you may write to)"
                                                       : "";
  return {code == ENOENT ? ErrorCode::not_found : ErrorCode::io,
          fmt::format("cannot {} {}: {}{}", doing, path, std::strerror(code), hint)};
}

Result<> write_all(int fd, std::string_view content, const std::string& path) {
  while (!content.empty()) {
    const ssize_t count = ::write(fd, content.data(), content.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return io_error("write", path, errno);
    content.remove_prefix(static_cast<size_t>(count));
  }
  return ok();
}

}  // namespace

Result<std::string> read_file(const std::string& path, uint64_t limit_bytes) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return io_error("read", path, errno);
  std::string content;
  char chunk[1 << 16];
  while (true) {
    const ssize_t count = ::read(fd, chunk, sizeof chunk);
    if (count < 0 && errno == EINTR) continue;
    const int code = errno;
    if (count <= 0) {
      ::close(fd);
      if (count < 0) return io_error("read", path, code);
      return content;
    }
    content.append(chunk, static_cast<size_t>(count));
    if (content.size() > limit_bytes) {
      ::close(fd);
      return Error{ErrorCode::io, fmt::format("{} is larger than {} bytes", path, limit_bytes)};
    }
  }
}

bool is_own_folder(const std::string& path) {
  if (::mkdir(path.c_str(), 0700) == 0) return true;
  struct stat found = {};
  return ::lstat(path.c_str(), &found) == 0 && S_ISDIR(found.st_mode) && found.st_uid == ::geteuid() &&
         ::access(path.c_str(), W_OK | X_OK) == 0;
}

Result<> write_file(const std::string& path, std::string_view content) {
  const std::string parent = fs::path(path).parent_path().string();
  if (!parent.empty()) KE_DO(make_dirs(parent));
  static std::atomic<uint64_t> counter{0};  // threads may write the same file
  const std::string temporary = fmt::format("{}.{}.{}.tmp", path, ::getpid(), counter++);
  const int fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) return io_error("write", path, errno);
  auto written = write_all(fd, content, path);
  if (::close(fd) != 0 && written) written = io_error("write", path, errno);
  if (written && ::rename(temporary.c_str(), path.c_str()) != 0) written = io_error("write", path, errno);
  if (!written) ::unlink(temporary.c_str());
  return written;
}

Result<> append_line(const std::string& path, std::string_view line) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (fd < 0) return io_error("write", path, errno);
  auto written = write_all(fd, std::string(line) + "\n", path);
  ::close(fd);
  return written;
}

Result<> make_dirs(const std::string& path) {
  std::error_code code;
  fs::create_directories(path, code);
  if (code && !fs::is_directory(path)) return io_error("create the folder", path, code.value());
  return ok();
}

Result<> remove_tree(const std::string& path) {
  std::error_code code;
  fs::remove_all(path, code);
  if (code) return io_error("remove", path, code.value());
  return ok();
}

bool exists(const std::string& path) {
  std::error_code code;
  return fs::exists(path, code);
}

std::string canonical(const std::string& path) {
  std::error_code code;
  const fs::path absolute = fs::absolute(path, code);
  const fs::path resolved = fs::weakly_canonical(absolute, code);
  return (code ? absolute.lexically_normal() : resolved).string();
}

std::string join(const std::string& a, const std::string& b) {
  return b.empty() ? a : (fs::path(a) / b).lexically_normal().string();
}

std::string relative(const std::string& path, const std::string& base) {
  return fs::path(canonical(path)).lexically_relative(canonical(base)).string();
}

std::vector<std::string> list_files(const std::string& root) {
  std::vector<std::string> files;
  std::error_code code;
  for (auto it = fs::recursive_directory_iterator(root, code);
       !code && it != fs::recursive_directory_iterator(); it.increment(code)) {
    if (!it->is_directory(code)) files.push_back(it->path().lexically_relative(root).string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string sha256(std::string_view content) {
  unsigned char digest[32];
  unsigned int size = 0;
  KE_CHECK(EVP_Digest(content.data(), content.size(), digest, &size, EVP_sha256(), nullptr) == 1);
  std::string hex;
  for (const unsigned char byte : digest) {
    hex += "0123456789abcdef"[byte >> 4];
    hex += "0123456789abcdef"[byte & 15];
  }
  return hex;
}

std::string short_hash(std::string_view content) { return sha256(content).substr(0, 16); }

Result<TempDir> TempDir::make(const std::string& prefix) {
  std::error_code code;
  std::string pattern = (fs::temp_directory_path(code) / (prefix + "-XXXXXX")).string();
  if (!::mkdtemp(pattern.data())) return io_error("create the temporary folder", pattern, errno);
  return TempDir(pattern);
}

TempDir::TempDir(TempDir&& other) noexcept : path_(std::move(other.path_)) { other.path_.clear(); }

TempDir& TempDir::operator=(TempDir&& other) noexcept {
  std::swap(path_, other.path_);
  return *this;
}

TempDir::~TempDir() {
  if (path_.empty() || std::getenv("KE_KEEP_TEMP")) return;
  std::error_code code;
  fs::remove_all(path_, code);
}

}  // namespace ke
