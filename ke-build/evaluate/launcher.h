// SPDX-License-Identifier: MIT
// Starts an untrusted program behind all layers that this machine can give: the judge prepares every byte,
// clones, and the child (launcher_child.h) only makes system calls until it becomes the program.
#pragma once

#include "ke-build/base/result.h"
#include "ke-build/evaluate/launcher_child.h"
#include "ke-build/evaluate/sandbox.h"

#include <map>
#include <string>
#include <vector>

#include <sys/types.h>

namespace ke {

struct LaunchPlan {
  std::string program;  // a path
  std::vector<std::string> argv;
  std::vector<std::string> environment;      // NAME=value
  std::string directory;                     // empty: /
  std::vector<ChildDescriptor> descriptors;  // all that the program gets; 0, 1 and 2 among them
  std::vector<int> cpus;                     // empty: those of this process
  uid_t uid = 0;                             // from sandbox_user(); 0: keep
  double cpu_s = 0;                          // 0: no limit
  uint64_t file_bytes = 0;                   // RLIMIT_FSIZE
  bool bubblewrapped = false;  // started through bubblewrap where that works: its monitor gets the signals
};

/// Returns the process id once exec has succeeded. The process leads its own session and group, is a child of
/// this thread and dies with it. ERRORS: not_found, refused (a layer failed, with its name), io.
Result<pid_t> launch(const LaunchPlan& plan, const SandboxPolicy& policy);

/// The user id under which a sandboxed program shall run: for root one that nobody else has, so that process
/// limits and signals concern this program alone; 0 where none can be had or this process is not root.
uid_t sandbox_user();

/// `PATH`, `HOME`, `TMPDIR`, the policy's pass-through list, then `extra` (which wins).
std::vector<std::string> scrubbed_environment(const SandboxPolicy& policy,
                                              const std::map<std::string, std::string>& extra);

}  // namespace ke
