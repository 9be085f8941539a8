// SPDX-License-Identifier: MIT
// Changes of what an operator declares outside of its code: its spec and its entry in ke.lock.json.
#pragma once

#include "ke-build/detect/snapshot.h"
#include "ke-build/project/project.h"

#include <string>
#include <vector>

namespace ke {

struct DeclaredChange {
  std::string file, what;  // empty: unchanged
  bool unknown = false;
};

/// Compares specs as JSON: comments and white space do not count; names the first member that differs.
DeclaredChange spec_change(Snapshot& snapshot, const Registration& registration);
/// Compares the operator's entry in the lock that ke_add_operator() applies: the nearest one upwards.
DeclaredChange lock_change(Snapshot& snapshot, const Repo& repo, const Project& project,
                           const Registration& registration);
/// Is the file JSON with the same content at base and head?
bool same_json(Snapshot& snapshot, const GitDelta& delta);

}  // namespace ke
