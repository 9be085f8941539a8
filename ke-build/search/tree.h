// SPDX-License-Identifier: MIT
// The search tree: nodes by id, who is whose child, rewards and their statistics. Knows nothing of budgets
// and policies.
#pragma once

#include "ke-build/model/session.h"

#include <set>
#include <string>
#include <vector>

namespace ke {

/// Speed-up that counts for steering: that of the evaluation, 0 unless correct. A kernel that is slower on
/// one of the workloads can never be accepted, so it counts for no more than the baseline.
double merit(const Evaluation& evaluation);
/// log(merit) clipped to [0, log 1000]: the reward that is backed up.
double reward(const Evaluation& evaluation);

class Tree {
 public:
  Tree() = default;
  /// REQUIRES: ids are 1, 2, ... in this order, and every parent comes before its children.
  explicit Tree(std::vector<Node> nodes);

  const std::vector<Node>& nodes() const { return nodes_; }
  const Node& at(int64_t id) const { return nodes_[static_cast<size_t>(id - 1)]; }
  const std::vector<int64_t>& children(int64_t id) const { return children_[static_cast<size_t>(id - 1)]; }
  /// The node, its parent, ..., the root.
  std::vector<int64_t> lineage(int64_t id) const;
  bool knows(const std::string& candidate) const { return hashes_.count(candidate) != 0; }

  /// Gives the node the next id and backs its reward up along the lineage.
  int64_t add(Node node);
  void set_evaluation(int64_t id, Evaluation evaluation);
  /// The best node so far; the root when nothing beats it.
  int64_t incumbent() const;
  /// For every node (index id - 1) the best reward in the subtree below and including it.
  std::vector<double> best_rewards() const;

 private:
  void link(const Node& node);
  std::vector<Node> nodes_;
  std::vector<std::vector<int64_t>> children_;
  std::set<std::string> hashes_;
};

}  // namespace ke
