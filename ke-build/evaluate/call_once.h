// SPDX-License-Identifier: MIT
// Calls of a program on given inputs in a process of its own, its arguments on the heap.
#pragma once

#include "ke-build/evaluate/folder.h"
#include "ke-build/evaluate/inputs.h"
#include "ke-build/evaluate/runner.h"

#include <string>
#include <vector>

namespace ke {

/// The inputs of one call; both outlive it.
struct CallInputs {
  const Axes* axes;
  const Inputs* inputs;
};

/// What such a process may do: that of a compiler, on the files that the program is made of.
SandboxPolicy once_policy(const Program& program, double wall_s, const std::vector<std::string>& mandatory);

/// As many of these calls as fit one process.
size_t calls_that_fit(const Operator& op, size_t tables = 0);

/// Calls the kernel on each in turn. REQUIRES: they fit. `table_bytes` of memory lie behind the arguments of
/// each call, for what an instrumented kernel notes; 0: none do. `together`: all arguments lie one behind the
/// other. ERRORS: sandbox.
Result<OneShot> call_once(const Operator& op, const Program& program, const std::vector<CallInputs>& calls,
                          const SandboxPolicy& policy, uint64_t table_bytes = 0, bool together = false);

/// Output arguments of one of `calls` calls of a finished shot, in order, and its table, if it had one.
std::vector<const void*> outputs_of(const Operator& op, const OneShot& shot, size_t call, size_t calls);
const std::byte* table_of(const OneShot& shot, size_t call, size_t calls);

}  // namespace ke
