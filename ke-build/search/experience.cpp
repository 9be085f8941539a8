// SPDX-License-Identifier: MIT
#include "ke-build/search/experience.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace ke {
namespace {

constexpr double kPriorWeight = 1.5;  // pseudo-observations that a prior is worth
constexpr double kAgain = 0.5;        // a kind of move that is already in the lineage rarely pays twice

}  // namespace

std::vector<int64_t> visible_nodes(const Tree& tree, int64_t node, Memory memory) {
  std::vector<int64_t> seen;
  const auto add_children = [&](int64_t parent) {
    const std::vector<int64_t>& children = tree.children(parent);
    seen.insert(seen.end(), children.begin(), children.end());
  };
  switch (memory) {
    case Memory::clean_slate:
      break;
    case Memory::inherit_parent:
      for (const int64_t id : tree.lineage(node)) add_children(id);
      break;
    case Memory::compare_siblings:
      if (const int64_t parent = tree.at(node).parent; parent != 0) {
        add_children(parent);
        for (const int64_t sibling : tree.children(parent)) add_children(sibling);
      } else {
        add_children(node);
      }
      break;
    case Memory::combine_both:
      seen.resize(tree.nodes().size());
      std::iota(seen.begin(), seen.end(), 1);
      return seen;
  }
  std::sort(seen.begin(), seen.end());
  return seen;
}

Experience::Experience(const Tree& tree, int64_t node, Memory memory) {
  if (memory != Memory::clean_slate) {
    for (const Move& move : tree.at(node).candidate.moves) lineage_.insert(kind_of(move));
  }
  // The same nodes that visible_nodes() names.
  const KindStatistics& kinds = tree.kinds();
  switch (memory) {
    case Memory::clean_slate:
      break;
    case Memory::inherit_parent:
      for (int64_t id = node; id != 0; id = tree.at(id).parent) add_records(seen_, kinds.of_children(id));
      break;
    case Memory::compare_siblings:
      if (const int64_t parent = tree.at(node).parent; parent != 0) {
        add_records(seen_, kinds.of_children(parent));
        add_records(seen_, kinds.of_grandchildren(parent));
      } else {
        add_records(seen_, kinds.of_children(node));
      }
      break;
    case Memory::combine_both:
      records_ = &kinds.all();
      break;
  }
}

double Experience::expected_log_gain(const Option& option) const {
  const std::string& kind = option.kind;
  double expected = std::log(option.prior);
  if (const auto found = records_->find(kind); found != records_->end()) {
    const KindRecord& record = found->second;
    expected = (kPriorWeight * expected + record.log_gain) / (kPriorWeight + record.correct);
    const double feasible = (record.correct + 1.0) / (record.tried + 1.0);
    expected = expected > 0 ? expected * feasible : expected / feasible;
  }
  return lineage_.count(kind) != 0 && expected > 0 ? expected * kAgain : expected;
}

}  // namespace ke
