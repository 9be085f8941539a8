// SPDX-License-Identifier: MIT
// What this session has learned about kinds of moves, as far as a memory operator shows it.
#pragma once

#include "ke-build/search/catalogue.h"

#include <set>
#include <string>
#include <vector>

namespace ke {

/// Ids of what may be seen from `node`, ascending: inherit_parent, the lineage and everything that was tried
/// along it; compare_siblings, the siblings, their children and the node's own; combine_both, the whole
/// session; clean_slate, nothing.
std::vector<int64_t> visible_nodes(const Tree& tree, int64_t node, Memory memory);

class Experience {
 public:
  Experience(const Experience&) = delete;
  /// From what is visible.
  Experience(const Tree& tree, int64_t node, Memory memory);

  /// Expected log of the factor that the option gains over its parent: its prior as a few
  /// pseudo-observations, united with the gains that its kind of move has shown, times the share of them that
  /// was correct.
  double expected_log_gain(const Option& option) const;

  /// What is visible, per kind of move.
  const KindRecords& seen() const { return *records_; }

 private:
  KindRecords seen_;
  const KindRecords* records_ = &seen_;  // those of the whole tree, or what is summed up here
  std::set<std::string> lineage_;        // kinds that are already in the candidate
};

}  // namespace ke
