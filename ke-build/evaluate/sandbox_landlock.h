// SPDX-License-Identifier: MIT
// Landlock: which files the sandboxed program may read, run and write. The ruleset is made in the judge,
// where errors can be told in words; the launched child only binds itself to it.
#pragma once

#include "ke-build/base/result.h"
#include "ke-build/evaluate/sandbox.h"

#include <string>
#include <vector>

namespace ke {

/// The ABI version of the running kernel, 0 when it has no Landlock.
int landlock_abi();
/// A ruleset descriptor (close-on-exec): system libraries, for compilers also the toolchain, then the
/// policy's lists, and `program`, an open descriptor that may be executed. Paths that do not exist are
/// skipped. ERRORS: refused, io.
Result<int> make_ruleset(const SandboxPolicy& policy, int program);
/// Async-signal-safe, in the child: adds the child's own /proc folder and binds the calling process. False
/// sets errno.
bool bind_ruleset(int ruleset);

}  // namespace ke
