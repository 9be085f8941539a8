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

/// Clones `base` and the working tree (HEAD plus uncommitted changes and untracked files) below `scratch` and
/// builds both like the project's build folder. ERRORS: usage (unknown revision), tool (a side does not
/// build).
Result<Sides> build_sides(const Project& project, const std::string& base, const std::string& scratch,
                          double timeout_s);

}  // namespace ke
