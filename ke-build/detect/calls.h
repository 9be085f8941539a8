// SPDX-License-Identifier: MIT
// Which other sources of the target, or of the targets behind it, does a kernel call into? Names decide: an
// identifier that one file mentions and another defines at namespace scope connects the two.
#pragma once

#include "ke-build/detect/snapshot.h"
#include "ke-build/detect/targets.h"

#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace ke {

struct Called {
  std::string file;  // relative to the repository; at head, or only at base when it was deleted
  const TargetModel* target = nullptr;
  const CompileGroup* group = nullptr;  // nullptr: not compiled by itself
  std::string caller;                   // relative
  int parent = -1;                      // index of the caller among the called; -1: the kernel's own files
};

class Calls {
 public:
  Calls(Snapshot& snapshot, Targets& targets) : snapshot_(&snapshot), targets_(&targets) {}

  /// Sources reached from `files` (relative: the operator's own sources and the headers they include). `own`
  /// are the operator's sources, whose definitions hide others. ERRORS: not_found.
  Result<std::vector<Called>> reached(const std::string& target, const std::vector<std::string>& files,
                                      const std::set<std::string>& own);
  /// All sources that belong to the target and to what is behind it, at base or at head.
  std::vector<std::string> sources(const std::string& target);
  /// What `caller` mentions of the definitions in `called`.
  std::vector<std::string> names_between(const std::string& caller, const std::string& called);

 private:
  struct Source {
    std::string file;
    const TargetModel* target;
    const CompileGroup* group;
  };
  struct Index {
    std::vector<Source> sources;
    std::unordered_multimap<uint32_t, uint32_t> by_name;  // name_hash -> source
  };
  Result<const Index*> index_of(const std::string& target);
  void add_source(Index& index, Source source);

  Snapshot* snapshot_;
  Targets* targets_;
  std::map<std::string, Index> indexes_;
};

}  // namespace ke
