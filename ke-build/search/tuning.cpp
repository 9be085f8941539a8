// SPDX-License-Identifier: MIT
#include "ke-build/search/tuning.h"

#include "ke-build/search/space/space_search.h"
#include "ke-build/search/tuning_space.h"

#include <cmath>

namespace ke {
namespace {

// Before that many versions are known, the catalogue's priors are the better guide.
constexpr size_t kEnough = 4;
constexpr int kAttempts = 4;

// Speed-up over the baseline, also of a kernel that loses on some workload: the model learns from that, too.
std::optional<double> cost_of(const Evaluation& evaluation) {
  if (evaluation.outcome < Outcome::noisy || evaluation.speedup <= 0) return std::nullopt;
  return 1 / evaluation.speedup;
}

}  // namespace

bool is_tuning(const Move& move) { return move.synthesizer == "tunables" || move.synthesizer == "flags"; }

std::optional<Suggestion> tune(const TuningContext& context, int64_t node) {
  const Candidate& parent = context.tree.at(node).candidate;
  const TuningSpace tuning(context.op, context.recipe, parent);
  if (tuning.space().parameters().empty()) return std::nullopt;
  SpaceSearch search(tuning.space(), {SpacePolicy::model, context.seed, nullptr, kEnough});
  std::vector<int64_t> shown = context.tree.lineage(node);
  shown.insert(shown.end(), context.visible.begin(), context.visible.end());
  for (const int64_t id : shown) {
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
