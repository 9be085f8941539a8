// SPDX-License-Identifier: MIT
// What happens between clone and exec. The judge may have many threads, so the child may only make plain
// system calls on memory that the judge prepared: no allocation, no locks, no libc state.
#pragma once

#include <cstddef>
#include <cstdint>

#include <linux/filter.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/types.h>

namespace ke {

struct ChildDescriptor {
  int from, to;
};
struct ChildLimit {
  int resource;
  rlimit64 value;
};

/// The steps of run_child in order; reported with errno when one fails.
enum class ChildStep : uint32_t {
  session,
  identity_map,
  descriptors,
  limits,
  directory,
  pinning,
  identity,
  privileges,
  files,
  filter,
  program
};
const char* name_of(ChildStep step);

struct ChildReport {
  ChildStep step;
  int code;  // errno
};

struct ChildPlan {
  const char* program = nullptr;  // for execve; nullptr: execveat(program_file)
  int program_file = -1;
  char* const* argv = nullptr;
  char* const* environment = nullptr;
  const char* directory = nullptr;
  ChildDescriptor* descriptors = nullptr;
  size_t descriptor_count = 0;
  const ChildLimit* limits = nullptr;
  size_t limit_count = 0;
  const cpu_set_t* cpus = nullptr;
  bool map_identity = false;  // in a new user namespace: maps this user to itself
  uid_t uid = 0;
  gid_t gid = 0;
  bool drop_identity = false;  // root becomes uid:gid, without capabilities
  bool keep_read = false;  // ... but CAP_DAC_READ_SEARCH, so that folders below a private one can be reached
  int ruleset = -1;
  sock_filter* filter = nullptr;
  unsigned short filter_length = 0;
  int report = -1;  // pipe: a ChildReport, or nothing when exec succeeded
};

/// All of it: called in the fresh child.
[[noreturn]] void run_child(ChildPlan plan);
/// From the dropped identity on, in a process whose descriptors, limits and folder are settled.
[[noreturn]] void confine(const ChildPlan& plan);

}  // namespace ke
