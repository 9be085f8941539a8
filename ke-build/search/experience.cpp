// SPDX-License-Identifier: MIT
#include "ke-build/search/experience.h"

#include <algorithm>
#include <cmath>

namespace ke {
namespace {

constexpr double kPriorWeight = 1.5;  // pseudo-observations that a prior is worth
constexpr double kAgain = 0.5;        // a kind of move that is already in the lineage rarely pays twice

}  // namespace

std::vector<int64_t> visible_nodes(const Tree& tree, int64_t node, Memory memory) {
  std::set<int64_t> seen;
  const auto add_children = [&](int64_t parent) {
    for (const int64_t id : tree.children(parent)) seen.insert(id);
  };
  switch (memory) {
    case Memory::clean_slate:
      break;
    case Memory::inherit_parent:
      for (const int64_t id : tree.lineage(node)) add_children(id);
      break;
    case Memory::compare_siblings:
      add_children(node);
      if (const int64_t parent = tree.at(node).parent; parent != 0) {
        add_children(parent);
        for (const int64_t sibling : tree.children(parent)) add_children(sibling);
      }
      break;
    case Memory::combine_both:
      for (const Node& other : tree.nodes()) seen.insert(other.id);
      break;
  }
  return {seen.begin(), seen.end()};
}

Experience::Experience(const Tree& tree, int64_t node, Memory memory) {
  if (memory != Memory::clean_slate) {
    for (const Move& move : tree.at(node).candidate.moves) lineage_.insert(kind_of(move));
  }
  for (const int64_t id : visible_nodes(tree, node, memory)) observe(tree, tree.at(id));
}

void Experience::observe(const Tree& tree, const Node& node) {
  if (node.parent == 0 || node.candidate.moves.empty()) return;
  Record& record = records_[kind_of(node.candidate.moves.back())];
  ++record.tried;
  const double now = merit(node.evaluation), before = merit(tree.at(node.parent).evaluation);
  if (now <= 0) return;
  ++record.correct;
  record.log_gain += std::clamp(std::log(now / std::max(before, 0.05)), -0.7, 7.0);
}

double Experience::expected_log_gain(const Option& option) const {
  const std::string kind = kind_of(option.move);
  double expected = std::log(option.prior);
  if (const auto found = records_.find(kind); found != records_.end()) {
    const Record& record = found->second;
    expected = (kPriorWeight * expected + record.log_gain) / (kPriorWeight + record.correct);
    const double feasible = (record.correct + 1.0) / (record.tried + 1.0);
    expected = expected > 0 ? expected * feasible : expected / feasible;
  }
  return lineage_.count(kind) != 0 && expected > 0 ? expected * kAgain : expected;
}

}  // namespace ke
