// SPDX-License-Identifier: MIT
// Which other sources of the target, or of the targets behind it, does a kernel call into? Names decide: an
// identifier that one file mentions and another defines at namespace scope connects the two. Names that
// macros put together and code that runs before main() make further connections, each wider than the truth.
#pragma once

#include "ke-build/detect/include_graph.h"
#include "ke-build/detect/snapshot.h"
#include "ke-build/detect/targets.h"

#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace ke {

struct Called {
  std::string file;  // relative to the repository, or absolute where git does not know it (generated
                     // sources); at head, or only at base when it was deleted
  const TargetModel* target = nullptr;  // nullptr: only the other side of the comparison compiles it
  const CompileGroup* group = nullptr;  // nullptr: not compiled by itself
  std::string caller = {};              // relative; empty where no name leads here
  int parent = -1;                      // index of the caller among the called; -1: the kernel's own files
};

class Calls {
 public:
  /// `more` are sources that belong to targets on one side of the comparison only, relative.
  Calls(Snapshot& snapshot, Targets& targets, IncludeGraph& graph, std::vector<std::string> more)
      : snapshot_(&snapshot), targets_(&targets), graph_(&graph), more_(std::move(more)) {}

  /// Sources reached from `files` (relative: the operator's own sources and the headers they include). `own`
  /// are the operator's sources, whose definitions hide others. ERRORS: not_found.
  Result<std::vector<Called>> reached(const std::string& target, const std::vector<std::string>& files,
                                      const std::set<std::string>& own);
  /// All sources that belong to the target and to what is behind it, at base or at head.
  std::vector<std::string> sources(const std::string& target);
  /// Files that decide whether sources without a name that leads to them are called all the same.
  std::vector<std::string> special_reads(const std::string& target);
  /// What `caller` mentions of the definitions in `called`.
  std::vector<std::string> names_between(const std::string& caller, const std::string& called);
  /// What the compilations of a source's group look for headers in; nullptr when that cannot be known. The
  /// addresses stay.
  const IncludeEnvironment* environment_of(const Called& called);
  /// Absolute path of a called file.
  std::string absolute(const std::string& file) const;

 private:
  struct Index {
    std::vector<Called> sources;                          // without callers
    std::unordered_multimap<uint32_t, uint32_t> by_name;  // name_hash -> source
    std::vector<uint32_t> special;                        // run before main(), or make names by macros
  };
  struct Search;
  Result<const Index*> index_of(const std::string& target);
  void add_target(Index& index, const TargetModel& target, std::set<std::string>& known);
  void add_source(Index& index, Called source);
  const FileSummary* summary_of(const std::string& file);
  /// Headers in git that the source includes, directly or not.
  const std::vector<std::string>& headers_of(const Called& source);

  Snapshot* snapshot_;
  Targets* targets_;
  IncludeGraph* graph_;
  std::vector<std::string> more_;
  std::map<std::string, Index> indexes_;
  std::map<const void*, IncludeEnvironment> environments_;  // by compile group, or target where there is none
  std::unordered_map<std::string, std::vector<std::string>> headers_;
};

}  // namespace ke
