// SPDX-License-Identifier: MIT
// Files: whole-file reads, atomic writes, temporary folders, content hashes, advisory locks.
#pragma once

#include "ke-build/base/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ke {

/// ERRORS: not_found, io (also when the file is larger than `limit_bytes`).
Result<std::string> read_file(const std::string& path, uint64_t limit_bytes = 1u << 30);
/// Writes beside the target and renames, so that readers and kills never see half a file. Creates parents.
Result<> write_file(const std::string& path, std::string_view content);
Result<> append_line(const std::string& path, std::string_view line);
Result<> make_dirs(const std::string& path);
/// Is it a folder of this user, no link, that it may write? Makes it for this user alone where there is none;
/// its parent must be there. In a folder that everybody may write, somebody else may have been first.
bool is_own_folder(const std::string& path);
Result<> remove_tree(const std::string& path);
bool exists(const std::string& path);
/// Absolute, lexically normal, symlinks resolved as far as the path exists.
std::string canonical(const std::string& path);
std::string join(const std::string& a, const std::string& b);
/// Path of `path` relative to `base`, both canonicalised.
std::string relative(const std::string& path, const std::string& base);
/// Files (not folders) below `root`, relative, sorted.
std::vector<std::string> list_files(const std::string& root);

/// Lower-case hex SHA-256.
std::string sha256(std::string_view content);
/// First 16 hex digits of sha256: names folders and branches.
std::string short_hash(std::string_view content);

/// A temporary folder, removed with its owner (kept when KE_KEEP_TEMP is set).
class TempDir {
 public:
  static Result<TempDir> make(const std::string& prefix);
  TempDir(TempDir&& other) noexcept;
  TempDir& operator=(TempDir&& other) noexcept;
  TempDir(const TempDir&) = delete;
  ~TempDir();
  const std::string& path() const { return path_; }

 private:
  explicit TempDir(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

enum class LockMode { exclusive, shared };

/// A flock(2) that all processes of this tool share; released when destroyed or killed.
class FileLock {
 public:
  /// Waits at most `timeout_s` seconds. ERRORS: conflict, naming the holder's pid where known.
  static Result<FileLock> acquire(const std::string& path, double timeout_s,
                                  LockMode mode = LockMode::exclusive);
  FileLock(FileLock&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;
  ~FileLock();

 private:
  explicit FileLock(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace ke
