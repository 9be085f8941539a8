// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace ke {

/// The folder with the files that travel with the commands (backends/cpu/runner_main.cpp, kb/, templates/):
/// $KE_SHARE, else <executable>/../share/kernelevolve, else the source tree that this program was built from.
std::string share_dir();
/// Absolute path of the running executable.
std::string executable_path();

inline constexpr const char* kEngineVersion = KE_VERSION;

}  // namespace ke
