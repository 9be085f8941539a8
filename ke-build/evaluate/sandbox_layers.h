// SPDX-License-Identifier: MIT
// What this machine can give, found by trying it once per process.
#pragma once

#include "ke-build/evaluate/sandbox.h"

#include <string>
#include <vector>

namespace ke {

struct Layer {
  std::string name;
  bool active = false;
  std::string detail;  // when absent: why
};

/// Flags for clone: namespaces that worked when they were tried. Runners get none for networks and System V
/// objects, which their filter has no calls for: making one costs more than all the rest of a launch.
int usable_namespaces(SandboxRole role);
std::vector<Layer> probe_layers(SandboxRole role);

}  // namespace ke
