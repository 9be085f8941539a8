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
constexpr std::ptrdiff_t kBest = 32, kLatest = 32;  // of a long session

// Speed-up over the baseline, also of a kernel that loses on some workload: the model learns from that, too.
std::optional<double> cost_of(const Evaluation& evaluation) {
  if (evaluation.outcome < Outcome::noisy || evaluation.speedup <= 0) return std::nullopt;
  return 1 / evaluation.speedup;
}

// What is visible of this version of the source, or of its own lineage; of a long list the best and the
// latest ones, because fitting takes the third power of their number.
std::vector<int64_t> shown_nodes(const TuningContext& context, int64_t node) {
  std::vector<int64_t> shown;
  const std::vector<int64_t>&visible = context.visible, lineage = context.tree.lineage(node);
  for (const int64_t id : context.tree.same_source(node)) {
    if (std::binary_search(visible.begin(), visible.end(), id) ||
        std::find(lineage.begin(), lineage.end(), id) != lineage.end())
      shown.push_back(id);
  }
  if (std::ssize(shown) <= kBest + kLatest) return shown;
  std::vector<int64_t> kept(shown.end() - kLatest, shown.end());
  shown.resize(shown.size() - static_cast<size_t>(kLatest));
  std::partial_sort(shown.begin(), shown.begin() + kBest, shown.end(), [&](int64_t a, int64_t b) {
    const double one = merit(context.tree.at(a).evaluation), other = merit(context.tree.at(b).evaluation);
    return one > other || (one == other && a < b);
  });
  kept.insert(kept.end(), shown.begin(), shown.begin() + kBest);
  return kept;
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
