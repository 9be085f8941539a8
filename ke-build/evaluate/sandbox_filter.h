// SPDX-License-Identifier: MIT
// The seccomp filter of each role, compiled in the judge and loaded by the launched child.
#pragma once

#include "ke-build/base/result.h"
#include "ke-build/evaluate/sandbox.h"

#include <cstdint>
#include <string>
#include <vector>

#include <linux/filter.h>

namespace ke {

/// The runner's one exec goes through this descriptor. It lies above RLIMIT_NOFILE, so that no later code can
/// make a descriptor of that number and exec through it.
inline constexpr int kExecDescriptor = 1000;
/// Stands for the process's own id until the child knows it (patch_filter).
inline constexpr uint32_t kOwnPid = 0x4b455049;

/// ERRORS: refused when libseccomp cannot make the filter.
Result<std::vector<sock_filter>> make_filter(const SandboxPolicy& policy, bool own_pid_namespace);
/// Async-signal-safe: puts the caller's process id in place of kOwnPid.
void patch_filter(sock_filter* filter, size_t length, uint32_t pid);
/// May every runner make this system call, whatever its arguments?
bool is_runner_call(int number);
/// `socket`, or the number where the name is unknown.
std::string system_call_name(int number);

}  // namespace ke
