// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/sandbox_landlock.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace ke {
namespace {

// Newer than the oldest headers that we build with.
constexpr uint64_t kTruncate = 1ull << 14;     // ABI 3
constexpr uint64_t kIoctlDevice = 1ull << 15;  // ABI 5
constexpr uint64_t kNetworkAll = 3;            // bind and connect, ABI 4
constexpr uint64_t kScopeAll = 3;              // abstract sockets and signals, ABI 6
struct RulesetAttributes {
  uint64_t files, network, scoped;
};

constexpr uint64_t kRead = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr uint64_t kRun = kRead | LANDLOCK_ACCESS_FS_EXECUTE;
constexpr uint64_t kOfFiles =
    LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE | kTruncate;

constexpr const char* kLibraries[] = {"/lib",           "/lib64",          "/lib32",     "/libx32",
                                      "/usr/lib",       "/usr/lib64",      "/usr/lib32", "/usr/libx32",
                                      "/usr/local/lib", "/usr/local/lib64"};
constexpr const char* kSettings[] = {"/etc/ld.so.cache",
                                     "/etc/ld.so.conf",
                                     "/etc/ld.so.conf.d",
                                     "/etc/alternatives",
                                     "/etc/localtime",
                                     "/usr/share/zoneinfo",
                                     "/usr/share/locale",
                                     "/proc/cpuinfo",
                                     "/proc/meminfo",
                                     "/proc/stat",
                                     "/sys/devices/system/cpu",
                                     "/sys/devices/system/node",
                                     "/sys/kernel/mm/transparent_hugepage",
                                     "/dev/null",
                                     "/dev/zero",
                                     "/dev/urandom",
                                     "/dev/random"};
constexpr const char* kToolchain[] = {"/bin", "/sbin", "/usr"};

uint64_t all_rights(int abi) {
  uint64_t rights = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;  // everything of ABI 1
  if (abi >= 2) rights |= LANDLOCK_ACCESS_FS_REFER;
  if (abi >= 3) rights |= kTruncate;
  if (abi >= 5) rights |= kIoctlDevice;
  return rights;
}

Result<> allow_descriptor(int ruleset, int file, uint64_t rights, const std::string& what) {
  struct stat status {};
  if (fstat(file, &status) != 0)
    return Error{ErrorCode::io, fmt::format("{}: {}", what, std::strerror(errno))};
  if (!S_ISDIR(status.st_mode)) rights &= kOfFiles;
  landlock_path_beneath_attr rule{};
  rule.allowed_access = rights;
  rule.parent_fd = file;
  // EBADFD: a file of an internal file system (a memfd), which Landlock does not restrict.
  if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0 && errno != EBADFD) {
    return Error{ErrorCode::refused, fmt::format("landlock cannot take {}: {}", what, std::strerror(errno))};
  }
  return ok();
}

Result<> allow(int ruleset, const std::string& path, uint64_t rights) {
  const int file = open(path.c_str(), O_PATH | O_CLOEXEC);
  if (file < 0) return ok();  // what is not there needs no rule
  Result<> done = allow_descriptor(ruleset, file, rights, path);
  close(file);
  return done;
}

Result<> fill(int ruleset, const SandboxPolicy& policy, int program, uint64_t rights) {
  const bool compiler = policy.role == SandboxRole::compiler;
  for (const char* path : kLibraries) KE_DO(allow(ruleset, path, kRun));
  for (const char* path : kSettings) KE_DO(allow(ruleset, path, kRead));
  KE_DO(allow(ruleset, "/dev/null", kRead | LANDLOCK_ACCESS_FS_WRITE_FILE));
  for (const std::string& path : policy.readable) KE_DO(allow(ruleset, path, kRun));
  if (program >= 0) KE_DO(allow_descriptor(ruleset, program, kRun, "the program"));
  if (!compiler) return ok();
  for (const char* path : kToolchain) KE_DO(allow(ruleset, path, kRun));
  constexpr uint64_t kNodes =
      LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SOCK;
  for (const std::string& path : policy.writable) {
    KE_DO(allow(ruleset, path, rights & ~(kNodes | kIoctlDevice)));
  }
  return ok();
}

}  // namespace

int landlock_abi() {
  const long version = syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  return version > 0 ? int(version) : 0;
}

Result<int> make_ruleset(const SandboxPolicy& policy, int program) {
  const int abi = landlock_abi();
  const uint64_t rights = all_rights(abi);
  RulesetAttributes attributes{rights, abi >= 4 ? kNetworkAll : 0, abi >= 6 ? kScopeAll : 0};
  const size_t size = abi >= 6 ? sizeof attributes : abi >= 4 ? 2 * sizeof(uint64_t) : sizeof(uint64_t);
  const int ruleset = int(syscall(SYS_landlock_create_ruleset, &attributes, size, 0));
  if (ruleset < 0) return Error{ErrorCode::refused, fmt::format("landlock: {}", std::strerror(errno))};
  if (Result<> done = fill(ruleset, policy, program, rights); !done) {
    close(ruleset);
    return std::move(done).error();
  }
  return ruleset;
}

bool bind_ruleset(int ruleset) {
  const int self = int(syscall(SYS_openat, AT_FDCWD, "/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC, 0));
  if (self >= 0) {
    landlock_path_beneath_attr rule{};
    rule.allowed_access = kRead;
    rule.parent_fd = self;
    syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    syscall(SYS_close, self);
  }
  return syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
}

}  // namespace ke
