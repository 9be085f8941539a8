// SPDX-License-Identifier: MIT
// Where measurements of the machine itself are kept: its ceilings and how its noise looked. They are true of
// the host, whatever repository or build folder asks for them.
#pragma once

#include "ke-build/evaluate/evaluate.h"

#include <string>

namespace ke {

/// kernelevolve/<hash of host_facts()> below $XDG_CACHE_HOME, else below $HOME/.cache, made when it is not
/// there. `otherwise` where neither is set to an absolute path, where it cannot be written, or where it
/// belongs to somebody else.
std::string machine_dir(const std::string& otherwise);
/// Of these options: machine_dir, or state_dir where it is empty.
const std::string& machine_dir_of(const EvaluateOptions& options);

}  // namespace ke
