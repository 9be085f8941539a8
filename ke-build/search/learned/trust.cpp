// SPDX-License-Identifier: MIT
#include "ke-build/search/learned/trust.h"

#include <algorithm>
#include <cmath>

namespace ke {
namespace {

constexpr int64_t kLatestMoves = 64;  // what the model said of older ones matters no more, and reading costs
constexpr double kLearningRate = 2;
constexpr double kLeastOdds = -4, kMostOddsEver = 2.5;  // 0.02 to 0.92: neither side is ever out

}  // namespace

double trust_in(const MoveModel& model, const Tree& tree) {
  double odds = model.start_odds();
  const auto size = static_cast<int64_t>(tree.nodes().size());
  for (int64_t id = std::max<int64_t>(2, size - kLatestMoves + 1); id <= size; ++id) {
    const Node& node = tree.at(id);
    const Node& parent = tree.at(node.parent);
    if (node.candidate.moves.empty() || node.candidate.moves.back().prior <= 0) continue;
    const double before = merit(parent.evaluation), now = merit(node.evaluation);
    const Approach approach = approach_of(parent.candidate.moves, before, node.candidate.moves.back());
    const double gain = now > 0 ? gain_over(before, now) : 0;
    odds += kLearningRate * (MoveModel::loss(approach.stated, now > 0, gain) -
                             MoveModel::loss(model.log_gain(approach), now > 0, gain));
    odds = std::clamp(odds, kLeastOdds, kMostOddsEver);
  }
  return 1 / (1 + std::exp(-odds));
}

}  // namespace ke
