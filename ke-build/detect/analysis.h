// SPDX-License-Identifier: MIT
// Why one operator is affected, or that it is not.
#pragma once

#include "ke-build/detect/calls.h"
#include "ke-build/detect/cmake_changes.h"
#include "ke-build/detect/footprints.h"
#include "ke-build/detect/generators.h"
#include "ke-build/detect/include_graph.h"
#include "ke-build/detect/scan.h"
#include "ke-build/model/change.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace ke {

/// What all operators share during one detect().
struct DetectContext {
  const Project& project;
  const Repo& repo;
  Snapshot& snapshot;
  DetectCache& cache;
  Targets& targets;
  Generators& generators;
  IncludeGraph& graph;
  Calls& calls;
  const CmakeChanges* cmake = nullptr;    // nullptr: no input of CMake changed
  std::vector<const GitDelta*> relevant;  // changed files that a compilation could read
  /// Without these nothing but an operator's own declaration can have changed it.
  bool nothing_relevant() const { return relevant.empty() && (!cmake || cmake->sources.empty()); }
};

/// `a` and behind it `b`.
std::vector<std::string> joined(std::vector<std::string> a, const std::vector<std::string>& b);

/// A changed file on a way from the operator.
struct OperatorFinding {
  std::vector<std::string> chain;  // names from the operator's source to the file
  std::string what;                // "changed macro X"
  std::string file;                // absolute; what a compiler's list is searched for
  const GitDelta* delta = nullptr;
  bool certain = true;    // no condition on the way
  bool checkable = true;  // the compiler's list can refute it
  bool in_text = true;    // found by reading includes; false: only an earlier build recorded it
};

OperatorChange unaffected(const Registration& registration);

/// Analyses an operator in two steps, so that the compilers of all operators run side by side in between.
class OperatorAnalysis {
 public:
  OperatorAnalysis(DetectContext& context, const Registration& registration);

  /// Decides from what is known without a compiler.
  void begin();
  /// Scans that are needed to decide; empty when decided. Cached ones are not among them.
  const std::vector<ScanRequest>& requests() const { return requests_; }
  /// One result per request.
  void finish(const std::vector<Scan>& scans);

  const OperatorChange& result() const { return change_; }
  /// What "unchanged" rests on; nullopt when affected, or when some of it cannot be named.
  std::optional<Footprint> footprint() const;

 private:
  void affected(std::vector<std::string> path, bool unknown = false);
  void affected_by(const OperatorFinding& finding);
  bool declared_changed();
  bool prepare_recipe();
  bool named_changed();
  void walk_sources();
  void add_findings(const Walk& walk, const std::vector<std::string>& prefix,
                    const std::vector<std::string>& roots, std::vector<OperatorFinding>& findings);
  void add_generated(const Reached& item, std::vector<std::string> chain,
                     std::vector<OperatorFinding>& findings);
  void add_recorded();
  void decide_or_ask();
  bool is_confirmed(const OperatorFinding& finding);
  void ask();
  void judge(const std::set<std::string>& files);
  bool judge_finding(const OperatorFinding& finding, const std::set<std::string>& files);
  void follow_calls();
  void follow_call(const std::vector<Called>& reached, int index);
  void follow_includes(const Called& called, const std::vector<std::string>& chain,
                       const IncludeEnvironment& environment);
  std::string what_changed(const GitDelta& delta) const;
  std::string scan_key(const std::string& source) const;

  DetectContext& context_;
  const Registration& registration_;
  OperatorChange change_;
  bool decided_ = false;
  Recipe recipe_;
  IncludeEnvironment environment_;
  std::vector<std::string> roots_;  // canonical: the operator's sources, then its reference
  Walk walk_;
  std::vector<OperatorFinding> findings_;
  std::vector<ScanRequest> requests_;
  std::vector<std::string> scanned_;  // files of cached scans
  bool settled_ = false;              // all calls were followed through files that are known
  std::set<const IncludeEnvironment*> called_environments_;
};

}  // namespace ke
