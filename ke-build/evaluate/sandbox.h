// SPDX-License-Identifier: MIT
// Runs untrusted programs: compilers that read candidate source, sanitizer builds and runners. Works without
// root and without bubblewrap; every layer is reported as active or absent, and a missing mandatory layer is
// a refusal.
#pragma once

#include "ke-build/base/process.h"
#include "ke-build/base/result.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ke {

struct SandboxLimits {
  double wall_s = 60;
  double cpu_s = 120;  // of each process
  uint64_t memory_bytes = uint64_t{4}
                          << 30;  // resident, summed over the whole tree; watched, since RLIMIT_AS kills ASan
  int processes = 64;             // processes and threads
  uint64_t file_bytes = uint64_t{1} << 30;  // one file, and all files that the tree writes together
  uint64_t output_bytes = 1u << 20;         // per stream; the rest is discarded
};

enum class SandboxRole {
  compiler,    // may fork and exec; reads the toolchain, writes the folders it was given. Also sanitizer runs
  runner,      // no exec and no fork after its start; threads up to limits.processes; writes nothing
  pure_runner  // the same, and it may take more from itself: a second filter, the processor's clock
};

struct SandboxPolicy {
  SandboxRole role = SandboxRole::runner;
  std::vector<std::string>
      readable;  // files and folders beside the system's libraries (and toolchain, for compilers)
  std::vector<std::string> writable;  // compilers only
  SandboxLimits limits;
  bool grants_cores = false;  // runners only: wishes to run on some cores are granted, else ignored
  bool one_thread = false;    // runners only: starting a second thread is refused
  std::vector<std::string> environment;  // names of variables that are let through from this process
  std::vector<std::string> mandatory;    // layer names; empty: mandatory_layers()
};

/// What became of a sandboxed program. `exceeded` says which limit ended it.
struct SandboxExit : Exit {
  enum class Limit { none, wall, cpu, memory, processes, files } exceeded = Limit::none;
  std::string reason;  // one sentence, empty when the program ended by itself with status 0
};

/// no_new_privs, uid, seccomp, files, rlimits, watchdog, descriptors, environment.
const std::vector<std::string>& mandatory_layers();
/// Active layers first, such as `files: landlock ABI 7`, then `absent: pid_namespace (Operation not
/// permitted)`.
std::vector<std::string> sandbox_layers(SandboxRole role);
/// A layer that this role does without (compilers alone have `read_only_mounts`, root needs no
/// `user_namespace`) is not missing. ERRORS: usage (no such layer), refused, naming each mandatory layer that
/// this machine cannot give and why.
Result<> require_layers(const SandboxPolicy& policy);

/// Runs a program to its end, to a limit or to command.timeout_s / limits.wall_s, whichever is shorter;
/// nothing that it started is left behind. Only the variables of `command.environment` and those that the
/// policy lets through are set. ERRORS: not_found (the program), refused (a mandatory layer is missing), io.
/// A bad exit is a value.
Result<SandboxExit> run_sandboxed(const Command& command, const SandboxPolicy& policy);

}  // namespace ke
