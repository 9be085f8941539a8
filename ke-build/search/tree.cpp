// SPDX-License-Identifier: MIT
#include "ke-build/search/tree.h"

#include "ke-build/base/files.h"

#include <algorithm>
#include <bit>
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

namespace {

constexpr double kProgress = 1.01;

// Of one entry of best_children; an exclusive or of these does not depend on the order.
uint64_t digest_of(int64_t id, double merit) {
  uint64_t bits = std::bit_cast<uint64_t>(merit) ^ (static_cast<uint64_t>(id) * 0x9e3779b97f4a7c15ULL);
  bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9ULL;
  bits = (bits ^ (bits >> 27)) * 0x94d049bb133111ebULL;
  return bits ^ (bits >> 31);
}

}  // namespace

Tree::Tree(std::vector<Node> nodes) : nodes_(std::move(nodes)) {
  for (const Node& node : nodes_) link(node);
  for (const Node& node : nodes_) account(node);
}

void Tree::link(const Node& node) {
  Place place;
  place.source_hash = sha256(node.candidate.source);
  place.founder = node.id;
  if (node.parent != 0) {
    Place& above = places_[index(node.parent)];
    above.children.push_back(node.id);
    if (node.parent != 1) place.founder = above.founder;
    if (!node.candidate.moves.empty()) {
      const Move& move = node.candidate.moves.back();
      place.kind = kind_of(move);
      // Which value is best differs from one workload to the next, so no value stands for the others.
      place.slot = move.synthesizer == "tunables" ? place.kind + " " + move.detail : place.kind;
    }
  }
  hashes_.insert(candidate_hash(node.candidate, place.source_hash));
  by_source_[place.source_hash].push_back(node.id);
  places_.push_back(std::move(place));
}

void Tree::account(const Node& node) {
  const double reached = merit(node.evaluation);
  by_merit_.emplace(-reached, node.id);
  if (reached > best_) {
    best_ = reached;
    incumbent_ = node.id;
  }
  if (reached > kProgress * progress_) {
    progress_ = reached;
    last_progress_ = node.id;
  }
  const double gained = reward(node.evaluation);
  for (int64_t id = node.id; id != 0; id = at(id).parent) {
    double& best = places_[index(id)].best_reward;
    if (id != node.id && best >= gained) break;  // then all above it are as good
    best = std::max(best, gained);
  }
  if (node.parent == 0 || kind(node.id).empty()) return;
  kinds_.add(kind(node.id), reached, merit(at(node.parent).evaluation), node.parent, at(node.parent).parent);
  account_best_child(node);
}

void Tree::account_best_child(const Node& node) {
  const double reached = merit(node.evaluation);
  if (reached <= 0) return;
  Place& above = places_[index(node.parent)];
  const auto [best, fresh] = above.best_children.try_emplace(places_[index(node.id)].slot, node.id);
  if (!fresh) {
    const double held = merit(at(best->second).evaluation);
    if (held >= reached) return;
    above.best_children_digest ^= digest_of(best->second, held);
    best->second = node.id;
  }
  above.best_children_digest ^= digest_of(node.id, reached);
}

std::vector<int64_t> Tree::lineage(int64_t id) const {
  std::vector<int64_t> path;
  for (; id != 0; id = at(id).parent) path.push_back(id);
  return path;
}

int64_t Tree::add(Node node) {
  node.id = static_cast<int64_t>(nodes_.size()) + 1;
  nodes_.push_back(std::move(node));
  link(nodes_.back());
  account(nodes_.back());
  back_up(nodes_.back().id);
  return nodes_.back().id;
}

void Tree::back_up(int64_t id) {
  const double gained = reward(at(id).evaluation);
  for (; id != 0; id = at(id).parent) {
    Node& visited = nodes_[index(id)];
    ++visited.visits;
    visited.value += gained;
  }
}

void Tree::set_evaluation(int64_t id, Evaluation evaluation) {
  nodes_[index(id)].evaluation = std::move(evaluation);
  by_merit_.clear();
  kinds_.clear();
  incumbent_ = last_progress_ = 1;
  best_ = progress_ = 1;
  for (Place& place : places_) {
    place.best_reward = 0;
    place.best_children.clear();
    place.best_children_digest = 0;
  }
  for (const Node& node : nodes_) account(node);
}

}  // namespace ke
