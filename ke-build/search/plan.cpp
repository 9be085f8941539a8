// SPDX-License-Identifier: MIT
// Choosing the next candidates. The phases of a search:
//   draft   every kind of move that promises a gain gets one turn at the root; soon every other step goes
//           on from the best candidate;
//   search  the policy decides, and every expansion draws a memory operator;
//   polish  one-step neighbours of the incumbent, best first (a one-step polish at the end is what turned
//           a published autotuner's mean result from 1.19 to 1.08 times the best known).
#include "ke-build/search/experience.h"
#include "ke-build/search/learned/trust.h"
#include "ke-build/search/parts.h"
#include "ke-build/search/run.h"
#include "ke-build/search/tuning.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <string>

namespace ke {
namespace {

constexpr double kDraftShare = 0.35;  // of the screening; kinds that are left over come later by their priors
// Where a first move is right, the rest of the way is short: waiting until every kind had its turn took half
// as many evaluations again to 95 % of the best (tests/perf/left_out on the example operators).
constexpr int64_t kDraftEvery = 2;
constexpr size_t kDraftedFirst = 3;  // kinds, before any is followed: the first is often a poor start
// Of kinds that were hardly ever the way to the best in earlier sessions.
constexpr int64_t kDraftLate = 5;
constexpr double kPolishShare = 0.7;  // of the screening is over when polishing begins

uint64_t mixed(uint64_t seed, uint64_t step, uint64_t index) {
  uint64_t bits = seed + 0x9e3779b97f4a7c15ULL * (2 * step + 1) + 0xbf58476d1ce4e5b9ULL * index;
  bits = (bits ^ (bits >> 31)) * 0x94d049bb133111ebULL;
  return bits ^ (bits >> 29);
}

Memory draw_memory(Random& random, double clean_slate, const MemoryShares& shares) {
  if (random.uniform() < clean_slate) return Memory::clean_slate;
  const double draw = random.uniform();
  if (draw < shares.inherit_parent) return Memory::inherit_parent;
  return draw < shares.inherit_parent + shares.compare_siblings ? Memory::compare_siblings
                                                                : Memory::combine_both;
}

// A clean slate is the hedge against our own priors and experience: a random correct node, and one of its
// options drawn in proportion to the raw gains that they promise.
std::optional<Pick> clean(View& view, Random& random) {
  std::vector<int64_t> open;
  for (const Node& node : view.tree.nodes()) {
    if (node.id == 1 || merit(node.evaluation) > 0) open.push_back(node.id);
  }
  while (!open.empty()) {
    std::swap(open[random.below(open.size())], open.back());
    const int64_t id = open.back();
    open.pop_back();
    std::vector<const Option*> options;
    std::vector<double> weights;
    double total = 0;
    for (const Option& option : view.catalogue.options(view.tree, id, view.memory)) {
      if (!view.untried(option)) continue;
      options.push_back(&option);
      weights.push_back(std::max(0.05, std::log(option.stated)));
      total += weights.back();
    }
    double draw = random.uniform() * total;
    for (size_t i = 0; i < options.size(); ++i) {
      draw -= weights[i];
      if (draw <= 0 || i + 1 == options.size()) return Pick{id, *options[i]};
    }
  }
  return std::nullopt;
}

bool follows(const Run& run, const View& view) {
  if (!run.policy.follows || view.tree.incumbent() == 1) return false;
  std::set<std::string> drafted;
  for (const int64_t child : view.tree.children(1)) drafted.insert(view.tree.kind(child));
  const size_t first = run.first_kinds > 0 ? std::min(run.first_kinds, kDraftedFirst) : kDraftedFirst;
  if (drafted.size() < first) return false;
  const bool late = run.first_kinds > 0 && drafted.size() >= run.first_kinds;
  return view.step % (late ? kDraftLate : kDraftEvery) != 1;
}

constexpr const char* kKeepSizes = "sizes/keep_plain";
constexpr double kWorthMending = 1.03;  // over the leader

const Node* to_mend(const Run& run, const Tree& tree) {
  const double lead = std::max(1.0, merit(tree.at(tree.incumbent()).evaluation));
  const Node* best = nullptr;
  for (const Node& node : tree.nodes()) {
    const Evaluation& evaluation = node.evaluation;
    const bool wanted = evaluation.outcome == Outcome::slower && evaluation.speedup > kWorthMending * lead;
    if (wanted && run.asked_to_keep.count(node.id) == 0 &&
        (!best || evaluation.speedup > best->evaluation.speedup))
      best = &node;
  }
  return best;
}

// What would lead, but loses on some workloads: the kernel as it was may run those. By itself such a node
// leads nowhere, so nothing else is tried on it.
std::optional<Pick> mended(Run& run, View& view) {
  while (const Node* node = to_mend(run, view.tree)) {
    run.asked_to_keep.insert(node->id);
    Replayed made = view.catalogue.replayed(view.tree, node->id, {kKeepSizes});
    const std::string hash = candidate_hash(made.candidate);
    if (made.applied.empty() || !view.untried(hash) || !view.catalogue.legal(made.candidate)) continue;
    const Move move = made.candidate.moves.back();
    return Pick{node->id, {hash, move}, Suggestion{std::move(made.candidate), node->evaluation.speedup}};
  }
  return std::nullopt;
}

// Without memory every choice is made as if it were the first of the session.
std::optional<Pick> pick_blindly(Run& run, View& view, double share) {
  view.memory = Memory::clean_slate;
  if (run.policy.choose == random_walk) return random_walk(view);
  if (share < kDraftShare) {
    if (auto found = follows(run, view) ? greedy(view) : draft(view)) return found;
  }
  if (auto found = share >= kPolishShare ? greedy(view) : run.policy.choose(view)) return found;
  return greedy(view);
}

std::optional<Pick> pick(Run& run, View& view, Random& random, double share) {
  if (run.policy.choose == random_walk || lacks(run.session, "memory")) return pick_blindly(run, view, share);
  if (share < kDraftShare) {
    const bool follow = follows(run, view);
    view.memory = follow ? Memory::combine_both : Memory::inherit_parent;
    if (auto found = follow ? greedy(view) : draft(view)) return found;
  }
  const bool polish = share >= kPolishShare;
  view.memory =
      polish ? Memory::combine_both : draw_memory(random, run.session.clean_slate, run.policy.memories);
  if (view.memory == Memory::clean_slate) {
    if (auto found = clean(view, random)) return found;
    view.memory = Memory::combine_both;
  }
  if (auto found = polish ? greedy(view) : run.policy.choose(view)) return found;
  // What the policy does not see under this memory may still be somewhere else.
  view.memory = Memory::combine_both;
  if (auto found = greedy(view)) return found;
  view.memory = Memory::inherit_parent;
  return greedy(view);
}

// Every other tuning step is the space search's choice: from all that is visible of this version of the
// source, in place of one option's prior. The others stay what the policy picked, which is the hedge against
// its model.
std::optional<Suggestion> tuned(Run& run, View& view, const Pick& pick, int64_t step) {
  if (!is_tuning(pick.option.move) || view.memory == Memory::clean_slate || step % 2 != 0)
    return std::nullopt;
  const TuningContext context{run.op,       run.baseline.recipe,
                              view.tree,    visible_nodes(view.tree, pick.node, view.memory),
                              view.pending, mixed(run.session.seed, static_cast<uint64_t>(step), 7)};
  auto suggestion = tune(context, pick.node);
  if (!suggestion || run.catalogue.excluded(candidate_hash(suggestion->candidate))) return std::nullopt;
  return suggestion;
}

}  // namespace

std::vector<Choice> plan(Run& run, const Tree& tree, int64_t step, int64_t count) {
  std::vector<Choice> choices;
  View view{tree, run.catalogue, Memory::inherit_parent, {}, {}};
  if (const MoveModel* model = run.catalogue.model()) run.catalogue.trust(trust_in(*model, tree));
  for (int64_t index = 0; index < count; ++index) {
    Random random(mixed(run.session.seed, static_cast<uint64_t>(step), static_cast<uint64_t>(index)));
    view.random = &random;
    view.step = step + index;
    view.memory = Memory::inherit_parent;
    auto found = run.policy.choose == random_walk ? std::nullopt : mended(run, view);
    if (!found) found = pick(run, view, random, run.clock.share(step + index, device_spent_s(run)));
    if (!found) break;
    auto suggestion = std::move(found->made);
    if (!suggestion) suggestion = tuned(run, view, *found, step + index);
    if (!suggestion) suggestion = run.catalogue.suggestion(tree, found->node, view.memory, found->option);
    view.pending.insert(suggestion ? candidate_hash(suggestion->candidate) : found->option.hash);
    if (!suggestion) {  // it was offered when its neighbours had fared otherwise
      run.catalogue.exclude(found->option.hash);
      continue;
    }
    for (const int64_t ancestor : tree.lineage(found->node)) ++view.virtual_visits[ancestor];
    choices.push_back({found->node, view.memory, *std::move(suggestion)});
  }
  return choices;
}

}  // namespace ke
