// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/shared_file.h"

#include "ke-build/base/files.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace ke {

Result<SharedFile> SharedFile::make(const char* name, uint64_t bytes, bool ours_alone) {
  SharedFile file;
  const auto failed = [&](const char* call) {
    return Error{ErrorCode::io,
                 fmt::format("{} of {} MiB of shared memory: {}", call, bytes >> 20, std::strerror(errno))};
  };
  file.fd_ = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (file.fd_ < 0) return failed("memfd_create");
  // Allocated now: a full memory is an error here and would be a signal later.
  if (ftruncate(file.fd_, off_t(bytes)) != 0 ||
      (bytes != 0 && fallocate(file.fd_, 0, 0, off_t(bytes)) != 0)) {
    return failed("allocation");
  }
  void* address = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, file.fd_, 0);
  if (address == MAP_FAILED) return failed("mmap");
  file.data_ = static_cast<std::byte*>(address);
  file.bytes_ = bytes;
  constexpr int kFutureWrite = 0x0010;  // F_SEAL_FUTURE_WRITE, Linux 5.1
  const int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL | (ours_alone ? kFutureWrite : 0);
  if (fcntl(file.fd_, F_ADD_SEALS, seals) != 0) return failed("sealing");
  return file;
}

Result<SharedFile> SharedFile::sealed_copy(const char* name, const std::string& path) {
  KE_TRY(const std::string content, read_file(path));
  SharedFile file;
  file.fd_ = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
  file.bytes_ = content.size();
  constexpr int kSeals = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
  if (file.fd_ < 0 || pwrite(file.fd_, content.data(), content.size(), 0) != ssize_t(content.size()) ||
      fcntl(file.fd_, F_ADD_SEALS, kSeals) != 0) {
    return Error{ErrorCode::io, fmt::format("a sealed copy of {}: {}", path, std::strerror(errno))};
  }
  return file;
}

SharedFile::SharedFile(SharedFile&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      data_(std::exchange(other.data_, nullptr)),
      bytes_(std::exchange(other.bytes_, 0)) {}

SharedFile& SharedFile::operator=(SharedFile&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(data_, other.data_);
  std::swap(bytes_, other.bytes_);
  return *this;
}

SharedFile::~SharedFile() {
  if (data_ != nullptr) munmap(data_, bytes_);
  if (fd_ >= 0) close(fd_);
}

}  // namespace ke
