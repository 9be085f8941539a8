// SPDX-License-Identifier: MIT
// Who may use this machine's cores now: one process that measures, alone, or any number that compile. All
// processes of a user share the lock, whatever repository they work on.
#pragma once

#include "ke-build/base/files.h"

#include <string>

namespace ke {

/// $KE_MEASURE_LOCK, or kernelevolve-<uid>/measure.lock below $XDG_RUNTIME_DIR or the folder for temporary
/// files. A folder there that belongs to somebody else is not used: then it is measure.lock in `otherwise`.
std::string measure_lock_path(const std::string& otherwise);
/// Nothing of ours compiles or measures while it is held. First come, first served, so that a stream of
/// compilers keeps nobody waiting for ever. ERRORS: conflict after `timeout_s`, io.
Result<FileLock> lock_for_measuring(const std::string& path, double timeout_s);
/// Shared with others that compile. ERRORS: as above.
Result<FileLock> lock_for_compiling(const std::string& path, double timeout_s);

}  // namespace ke
