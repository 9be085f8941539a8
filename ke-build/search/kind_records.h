// SPDX-License-Identifier: MIT
// How each kind of move has fared, summed up while the tree grows: what a memory operator shows is then a few
// of these sums and not a walk over the nodes.
#pragma once

#include "ke-build/model/session.h"

#include <map>
#include <string>
#include <vector>

namespace ke {

struct KindRecord {
  int tried = 0, correct = 0;
  double log_gain = 0;  // sum over the correct ones, of log(merit / merit of the parent), each in [-0.7, 7]
};
using KindRecords = std::map<std::string, KindRecord>;

/// Adds the record of every kind.
void add_records(KindRecords& sum, const KindRecords& more);

class KindStatistics {
 public:
  /// `node` is a child of `parent`, and `grandparent` is the parent's parent (0: none). Nodes come in the
  /// order of their ids, so that the sums are the same to the last bit in a search that was resumed.
  void add(const std::string& kind, double merit, double parent_merit, int64_t parent, int64_t grandparent);
  void clear();

  const KindRecords& all() const { return all_; }
  const KindRecords& of_children(int64_t id) const { return at(children_, id); }
  const KindRecords& of_grandchildren(int64_t id) const { return at(grandchildren_, id); }

 private:
  static const KindRecords& at(const std::vector<KindRecords>& records, int64_t id);
  static KindRecords& grown(std::vector<KindRecords>& records, int64_t id);
  KindRecords all_;
  std::vector<KindRecords> children_, grandchildren_;  // index id - 1
};

}  // namespace ke
