// SPDX-License-Identifier: MIT
// What a sandboxed tree uses, and its end. The tree is a process group: the filter lets nobody leave it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <sys/types.h>

namespace ke {

struct TreeUsage {
  int processes = 0;  // alive, zombies not counted
  int threads = 0;
  uint64_t resident_bytes = 0;     // shared pages are counted in each process
  uint64_t hidden_file_bytes = 0;  // open files that have no name any more
};

/// One pass over /proc. `with_files` also looks at open descriptors, which costs more.
TreeUsage usage_of_group(pid_t group, bool with_files);
/// The same for one process without children: a few microseconds.
TreeUsage usage_of_process(pid_t pid);
/// What a function that returns has no business to change in the process that called it, and what it holds.
struct ProcessState {
  std::string blocked, ignored;  // signals of the first thread, as /proc shows them
  std::string handled;           // those of the thread library left out
  std::string streams[3];        // what descriptors 0 to 2 lead to; empty: closed, or not to be seen
  std::string stream_flags[3];   // O_NONBLOCK and the like
  std::string shared;            // its mappings of files without a name: where, and what may be done there
  uint64_t private_bytes = 0;    // resident, shared pages not counted
  uint64_t mapped_bytes = 0;     // of address space
  int descriptors = 0;           // open
  std::string cores;             // where its first thread may run
  int64_t voluntary_switches = 0;
};
/// Empty where /proc says nothing about the process.
ProcessState state_of_process(pid_t pid);
/// Disk blocks below these folders, in bytes.
uint64_t disk_usage(const std::vector<std::string>& folders);
/// Tasks of a user on this machine; RLIMIT_NPROC counts them all.
int tasks_of_user(uid_t uid);

/// SIGKILL for the whole group; call before the leader is reaped, so that its number cannot be another's.
/// Returns when no member is alive, or after two seconds.
void kill_group(pid_t group);
/// `SIGSEGV`
std::string signal_name(int signal);

}  // namespace ke
