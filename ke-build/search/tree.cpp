// SPDX-License-Identifier: MIT
#include "ke-build/search/tree.h"

#include <algorithm>
#include <cmath>

namespace ke {

double merit(const Evaluation& evaluation) {
  switch (evaluation.outcome) {
    case Outcome::faster:
    case Outcome::equal:
    case Outcome::noisy:
      return std::max(0.0, evaluation.speedup);
    case Outcome::slower:
      return std::clamp(evaluation.speedup, 0.0, 1.0);
    default:
      return 0;
  }
}

double reward(const Evaluation& evaluation) {
  const double speedup = merit(evaluation);
  return speedup > 1 ? std::log(std::min(speedup, 1000.0)) : 0;
}

Tree::Tree(std::vector<Node> nodes) : nodes_(std::move(nodes)) {
  for (const Node& node : nodes_) link(node);
}

void Tree::link(const Node& node) {
  children_.emplace_back();
  if (node.parent != 0) children_[static_cast<size_t>(node.parent - 1)].push_back(node.id);
  hashes_.insert(candidate_hash(node.candidate));
}

std::vector<int64_t> Tree::lineage(int64_t id) const {
  std::vector<int64_t> path;
  for (; id != 0; id = at(id).parent) path.push_back(id);
  return path;
}

int64_t Tree::add(Node node) {
  node.id = static_cast<int64_t>(nodes_.size()) + 1;
  const double gained = reward(node.evaluation);
  nodes_.push_back(std::move(node));
  link(nodes_.back());
  const int64_t id = nodes_.back().id;
  for (const int64_t ancestor : lineage(id)) {
    Node& visited = nodes_[static_cast<size_t>(ancestor - 1)];
    ++visited.visits;
    visited.value += gained;
  }
  return id;
}

void Tree::set_evaluation(int64_t id, Evaluation evaluation) {
  nodes_[static_cast<size_t>(id - 1)].evaluation = std::move(evaluation);
}

int64_t Tree::incumbent() const {
  int64_t best = 1;
  for (const Node& node : nodes_) {
    if (merit(node.evaluation) > std::max(1.0, merit(at(best).evaluation))) best = node.id;
  }
  return best;
}

std::vector<double> Tree::best_rewards() const {
  std::vector<double> best;
  for (const Node& node : nodes_) best.push_back(reward(node.evaluation));
  for (size_t i = nodes_.size(); i-- > 1;) {  // children come after their parents
    double& above = best[static_cast<size_t>(nodes_[i].parent - 1)];
    above = std::max(above, best[i]);
  }
  return best;
}

}  // namespace ke
