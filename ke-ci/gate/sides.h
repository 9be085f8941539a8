// SPDX-License-Identifier: MIT
// Base and head, cloned and built side by side in the same way.
#pragma once

#include "ke-build/project/project.h"
#include "ke-ci/propose/build.h"

#include <string>

namespace ke {

struct Sides {
  std::string base_commit, head_commit;  // full ids
  bool dirty = false;                    // head holds uncommitted changes
  CleanBuild base, head;
  std::string base_root,
      head_root;  // scratch folders of equal length; everything of a side lies below its own
};

/// The commits of `base` (its merge base with HEAD, where there is one) and of HEAD. ERRORS: usage (no
/// repository, unknown revision).
Result<Sides> find_sides(const Project& project, const std::string& base);

/// Clones both commits below `scratch`, the head with uncommitted changes and untracked files, and builds
/// them like the project's build folder. ERRORS: tool (a side does not build).
Result<> build_sides(Sides& sides, const Project& project, const std::string& scratch, double timeout_s);

}  // namespace ke
