// SPDX-License-Identifier: MIT
// The search tree: nodes by id, who is whose child, rewards and their statistics. Knows nothing of budgets
// and policies. Whatever a step asks of the whole tree is kept up to date while it grows, so that a step
// costs the same at ten nodes and at ten thousand.
#pragma once

#include "ke-build/model/session.h"
#include "ke-build/search/kind_records.h"

#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
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
  const Node& at(int64_t id) const { return nodes_[index(id)]; }
  const std::vector<int64_t>& children(int64_t id) const { return places_[index(id)].children; }
  /// The node, its parent, ..., the root.
  std::vector<int64_t> lineage(int64_t id) const;
  bool knows(const std::string& candidate) const { return hashes_.count(candidate) != 0; }

  /// Gives the node the next id and backs its reward up along the lineage.
  int64_t add(Node node);
  /// Linear in the size of the tree.
  void set_evaluation(int64_t id, Evaluation evaluation);

  /// The best node so far; the root when nothing beats it.
  int64_t incumbent() const { return incumbent_; }
  /// The last node that was better than everything before it by a hundredth; the root when there was none.
  int64_t last_progress() const { return last_progress_; }
  /// The best reward in the subtree below and including the node.
  double best_reward(int64_t id) const { return places_[index(id)].best_reward; }
  /// Negative merit and id of every node: best first, and of equal ones the oldest.
  const std::set<std::pair<double, int64_t>>& by_merit() const { return by_merit_; }
  /// kind_of() the move that led to the node; empty for the root.
  const std::string& kind(int64_t id) const { return places_[index(id)].kind; }
  /// The ancestor (or the node itself) right below the root; the root for the root.
  int64_t founder(int64_t id) const { return places_[index(id)].founder; }
  /// SHA-256 of the node's source.
  const std::string& source_hash(int64_t id) const { return places_[index(id)].source_hash; }
  /// All nodes with the source of this one, itself among them, ascending.
  const std::vector<int64_t>& same_source(int64_t id) const { return by_source_.at(source_hash(id)); }
  /// The best correct child of every kind of move, and of every value of a tunable.
  const std::map<std::string, int64_t>& best_children(int64_t id) const {
    return places_[index(id)].best_children;
  }
  /// Changes with what best_children() answers, and is the same for the same answer in every process.
  uint64_t best_children_digest(int64_t id) const { return places_[index(id)].best_children_digest; }
  const KindStatistics& kinds() const { return kinds_; }

 private:
  // What is derived from the nodes, per node.
  struct Place {
    std::vector<int64_t> children;
    std::string kind, slot, source_hash;  // slot: the key of best_children above
    int64_t founder = 0;
    double best_reward = 0;
    std::map<std::string, int64_t> best_children;
    uint64_t best_children_digest = 0;
  };
  static size_t index(int64_t id) { return static_cast<size_t>(id - 1); }
  void link(const Node& node);
  void account(const Node& node);  // everything that depends on how nodes fared
  void account_best_child(const Node& node);
  void back_up(int64_t id);

  std::vector<Node> nodes_;
  std::vector<Place> places_;
  std::unordered_set<std::string> hashes_;
  std::unordered_map<std::string, std::vector<int64_t>> by_source_;
  std::set<std::pair<double, int64_t>> by_merit_;
  KindStatistics kinds_;
  int64_t incumbent_ = 1, last_progress_ = 1;
  double best_ = 1, progress_ = 1;  // merits of the two
};

}  // namespace ke
