// SPDX-License-Identifier: MIT
// Which operators need no analysis, because nothing that an earlier answer rests on has changed since?
#pragma once

#include "ke-build/detect/footprints.h"
#include "ke-build/detect/targets.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace ke {

class Shortcut {
 public:
  /// `cmake_changed`: an input of CMake differs between base and head. `cache_path` is detect's; "" keeps
  /// nothing and knows nothing.
  Shortcut(const Project& project, const Repo& repo, const Targets& targets, Snapshot& snapshot,
           const std::string& cache_path, bool cmake_changed);

  bool unaffected(const std::string& name);
  /// An operator was analysed and is unaffected because of this.
  void learn(const std::string& name, Footprint footprint);
  /// Keeps what was learnt and what still holds.
  void save();

 private:
  bool usable(const GitDelta& delta) const;
  bool collect_differences(const Repo& repo);

  Snapshot& snapshot_;
  const CodeModel& model_;
  Footprints footprints_;
  bool usable_, enabled_;
  std::vector<GitDelta> since_;               // between the kept commit and base
  std::vector<const GitDelta*> differences_;  // since_ and those of the comparison
  std::map<std::string, Footprint> learnt_;
  std::set<std::string> held_;
};

}  // namespace ke
