// SPDX-License-Identifier: MIT
#pragma once

#include "ke-build/base/result.h"

#include <cstddef>
#include <cstdint>
#include <string>

namespace ke {

/// A file in memory with a mapping of ours; nobody can shrink or grow it.
class SharedFile {
 public:
  /// With `ours_alone`, this mapping stays the only one that can ever write. ERRORS: io.
  static Result<SharedFile> make(const char* name, uint64_t bytes, bool ours_alone);
  /// A copy of the file at `path` that nobody can write to any more, this process included; it has no
  /// mapping. ERRORS: io.
  static Result<SharedFile> sealed_copy(const char* name, const std::string& path);
  SharedFile() = default;
  SharedFile(SharedFile&& other) noexcept;
  SharedFile& operator=(SharedFile&& other) noexcept;
  ~SharedFile();
  int fd() const { return fd_; }
  std::byte* data() const { return data_; }
  uint64_t bytes() const { return bytes_; }

 private:
  int fd_ = -1;
  std::byte* data_ = nullptr;
  uint64_t bytes_ = 0;
};

}  // namespace ke
