// SPDX-License-Identifier: MIT
#include "ke-build/search/crossover.h"

#include "ke-build/base/text.h"
#include "ke-build/search/flag_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace ke {
namespace {

constexpr double kOverlap = 0.4;  // gains overlap: what the other parent gained counts with this power

// Ids fall along a lineage, so the larger one is never an ancestor of the other.
int64_t common_ancestor(const Tree& tree, int64_t one, int64_t other) {
  while (one != other) {
    int64_t& deeper = one > other ? one : other;
    deeper = tree.at(deeper).parent;
  }
  return one;
}

std::vector<std::string> genes(const Tree& tree, int64_t one, int64_t other) {
  const std::vector<Move>& moves = tree.at(other).candidate.moves;
  std::set<std::string> held;
  for (const Move& move : tree.at(one).candidate.moves) held.insert(kind_of(move));
  std::vector<std::string> actions;
  for (size_t i = tree.at(common_ancestor(tree, one, other)).candidate.moves.size(); i < moves.size(); ++i) {
    if (!is_marker(moves[i]) && held.count(kind_of(moves[i])) == 0) actions.push_back(action_of(moves[i]));
  }
  return actions;
}

}  // namespace

std::optional<Suggestion> crossed(Catalogue& catalogue, const Tree& tree, int64_t one, int64_t other,
                                  bool some, const std::string& label, Random& random) {
  std::vector<std::string> actions = genes(tree, one, other);
  if (some) std::erase_if(actions, [&](const std::string&) { return random.uniform() < 0.5; });
  if (actions.empty()) return std::nullopt;
  Replayed replayed = catalogue.replayed(tree, one, actions);
  if (replayed.applied.empty()) return std::nullopt;
  Suggestion child{std::move(replayed.candidate), 1};
  child.candidate.flags = merged_flags({}, child.candidate.flags);
  if (!catalogue.legal(child.candidate)) return std::nullopt;
  const double gain = std::max(1.0, merit(tree.at(other).evaluation)) /
                      std::max(1.0, merit(tree.at(common_ancestor(tree, one, other)).evaluation));
  child.prior = std::clamp(std::pow(gain, kOverlap), 1.0, 8.0);
  child.candidate.moves.push_back(
      {"crossover", label, fmt::format("node={}; {}", other, join_texts(actions, "; "))});
  return child;
}

}  // namespace ke
