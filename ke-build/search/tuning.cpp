// SPDX-License-Identifier: MIT
#include "ke-build/search/tuning.h"

#include "ke-build/search/space/space_search.h"
#include "ke-build/search/tuning_space.h"

#include <algorithm>
#include <cmath>

namespace ke {
namespace {

// Before that many versions are known, the catalogue's priors are the better guide.
constexpr size_t kEnough = 4;
constexpr int kAttempts = 4;
constexpr size_t kBest = 100, kLatest = 200;  // nodes of a long session that are looked at

// Speed-up over the baseline, also of a kernel that loses on some workload: the model learns from that, too.
std::optional<double> cost_of(const Evaluation& evaluation) {
  if (evaluation.outcome < Outcome::noisy || evaluation.speedup <= 0) return std::nullopt;
  return 1 / evaluation.speedup;
}

// Of a long session the best and the latest nodes: reading all of them would take longer than it helps.
std::vector<int64_t> shown_nodes(const TuningContext& context, int64_t node) {
  std::vector<int64_t> best = context.visible, shown = context.tree.lineage(node);
  const size_t most = std::min(best.size(), kBest);
  std::partial_sort(
      best.begin(), best.begin() + static_cast<std::ptrdiff_t>(most), best.end(), [&](int64_t a, int64_t b) {
        const double one = merit(context.tree.at(a).evaluation), other = merit(context.tree.at(b).evaluation);
        return one > other || (one == other && a < b);
      });
  shown.insert(shown.end(), best.begin(), best.begin() + static_cast<std::ptrdiff_t>(most));
  const size_t latest = std::min(context.visible.size(), kLatest);
  shown.insert(shown.end(), context.visible.end() - static_cast<std::ptrdiff_t>(latest),
               context.visible.end());
  return shown;
}

}  // namespace

bool is_tuning(const Move& move) { return move.synthesizer == "tunables" || move.synthesizer == "flags"; }

std::optional<Suggestion> tune(const TuningContext& context, int64_t node) {
  const Candidate& parent = context.tree.at(node).candidate;
  const TuningSpace tuning(context.op, context.recipe, parent, context.tree.at(1).candidate.source);
  if (tuning.space().parameters().empty()) return std::nullopt;
  SpaceSearch search(tuning.space(), {SpacePolicy::model, context.seed, nullptr, kEnough});
  for (const int64_t id : shown_nodes(context, node)) {
    const Node& other = context.tree.at(id);
    const auto levels = tuning.levels_of(other.candidate);
    if (!levels) continue;
    const Configuration configuration = tuning.space().code(*levels);
    if (!search.history().knows(configuration)) search.tell(configuration, cost_of(other.evaluation));
  }
  if (search.history().ranked().size() < kEnough) return std::nullopt;
  const double best = search.history().best().log_cost;
  for (int i = 0; i < kAttempts; ++i) {
    const auto asked = search.ask();
    if (!asked) return std::nullopt;
    Suggestion suggestion{tuning.candidate_at(tuning.space().levels(*asked), parent), std::exp(-best)};
    const std::string hash = candidate_hash(suggestion.candidate);
    const bool fresh = !context.tree.knows(hash) && context.pending.count(hash) == 0;
    if (fresh && suggestion.candidate.moves.size() > parent.moves.size()) return suggestion;
    // Known, but not to this memory operator.
    search.tell(*asked, std::nullopt);
  }
  return std::nullopt;
}

}  // namespace ke
