// SPDX-License-Identifier: MIT
// What the answer "unchanged" rests on: for every operator that was found unaffected, the files that its
// analysis read. While none of them changes there is nothing to analyse again. Kept for one configuration of
// the build and one commit; losing the file costs time, never an answer.
#pragma once

#include "ke-build/base/result.h"
#include "ke-build/detect/snapshot.h"

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace ke {

/// Paths are relative to the repository.
struct Footprint {
  std::set<std::string> reads;    // spec, sources, headers and called sources: any change counts
  std::set<std::string> sources;  // not called: they count when they define other names than before
  std::map<std::string, std::string> configured;  // files that cmake wrote -> hash of their content
};

class Footprints {
 public:
  /// Of a file; "" keeps nothing. `configuration` is a hash of everything that the build system declares.
  Footprints(std::string path, std::string configuration);
  /// The pure part, also driven by the fuzzer. ERRORS: usage.
  static Result<Footprints> parse(const std::string& content);
  std::string serialize() const;

  /// Commit at which the footprints are exact, or "" when there are none.
  const std::string& commit() const { return commit_; }
  /// Is nothing that `name` rests on among the deltas? They hold everything that differs between the kept
  /// commit and either side of the comparison.
  bool holds(const std::string& name, const std::vector<const GitDelta*>& deltas, Snapshot& snapshot) const;

  /// Keeps `fresh`, and of what was kept before the operators that `still` hold; writes the file.
  void keep(const std::string& commit, const std::map<std::string, Footprint>& fresh,
            const std::set<std::string>& still);

 private:
  struct Record {
    std::vector<uint32_t> reads, sources;  // sorted ids of paths
    std::vector<uint32_t> configured;      // pairs of ids: path, hash
  };
  Footprints() = default;
  int64_t id_of(const std::string& path) const;

  std::string path_, configuration_, commit_;
  std::vector<std::string> names_;  // paths and hashes
  std::map<std::string, Record> records_;
};

}  // namespace ke
