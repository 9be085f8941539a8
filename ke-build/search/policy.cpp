// SPDX-License-Identifier: MIT
#include "ke-build/search/policy.h"

#include "ke-build/base/text.h"
#include "ke-build/search/experience.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace ke {
namespace {

// Exploration weight of PUCT on rewards that are scaled to [0, 1]. Small: a budget of 30 evaluations is won
// near the incumbent, and the draft has already tried every kind of move once.
constexpr double kExploration = 0.35;
constexpr double kLeastWeight = 0.02;  // of an option with a prior <= 1: last, but never never

// Share of the best reward of the draft so far that a trusted model must expect of a further kind.
constexpr double kWorthADraft = 0.2;

struct Row {
  const char* name;
  Policy policy;
};
constexpr Row kPolicies[] = {{"uct", uct}, {"greedy", greedy}, {"random", random_walk}};

// A child or an untried option of one node, as PUCT compares them.
struct Arm {
  const Option* option = nullptr;  // null: the child `id`
  int64_t id = 0;
  double quality = 0, weight = 0;
  int64_t visits = 0;
};

std::vector<Arm> arms_of(View& view, int64_t id, const std::vector<double>& best, double scale) {
  const Tree& tree = view.tree;
  const Experience experience(tree, id, view.memory);
  std::vector<Arm> arms;
  for (const int64_t child : tree.children(id)) {
    if (merit(tree.at(child).evaluation) <= 0) continue;  // nothing grows from a wrong kernel
    const Option as_option{"", tree.at(child).candidate.moves.back(), 1.0};
    arms.push_back({nullptr, child, best[static_cast<size_t>(child - 1)] / scale,
                    std::max(kLeastWeight, experience.expected_log_gain(as_option)),
                    tree.at(child).visits + view.virtual_visits[child]});
  }
  for (const Option& option : view.catalogue.options(tree, id, view.memory)) {
    if (!view.untried(option)) continue;
    const double gain = experience.expected_log_gain(option);
    const double predicted = (reward(tree.at(id).evaluation) + gain) / scale;
    arms.push_back({&option, id, std::clamp(predicted, 0.0, 1.5), std::max(kLeastWeight, gain), 0});
  }
  return arms;
}

}  // namespace

bool View::untried(const Option& option) const {
  return !tree.knows(option.hash) && pending.count(option.hash) == 0 && !catalogue.excluded(option.hash);
}

Result<Policy> policy_named(const std::string& name) {
  std::vector<std::string> names;
  for (const Row& row : kPolicies) {
    if (name == row.name) return row.policy;
    names.push_back(row.name);
  }
  return Error{ErrorCode::usage, "unknown policy '" + name + "'" + suggestion(name, names) + "; expected " +
                                     join_texts(names, " or ")};
}

std::optional<Pick> greedy(View& view) {
  std::vector<int64_t> order(view.tree.nodes().size());
  std::iota(order.begin(), order.end(), 1);
  std::stable_sort(order.begin(), order.end(), [&](int64_t a, int64_t b) {
    return merit(view.tree.at(a).evaluation) > merit(view.tree.at(b).evaluation);
  });
  for (const int64_t id : order) {
    if (id != 1 && merit(view.tree.at(id).evaluation) <= 0) break;
    const Experience experience(view.tree, id, view.memory);
    const Option* best = nullptr;
    double best_gain = 0;
    for (const Option& option : view.catalogue.options(view.tree, id, view.memory)) {
      if (!view.untried(option)) continue;
      const double gain = experience.expected_log_gain(option);
      if (!best || gain > best_gain) {
        best = &option;
        best_gain = gain;
      }
    }
    if (best) return Pick{id, *best};
  }
  return std::nullopt;
}

std::optional<Pick> uct(View& view) {
  const std::vector<double> best = view.tree.best_rewards();
  const double scale = std::max(0.2, best[0]);
  std::set<int64_t> spent;  // subtrees without untried options
  for (int64_t id = 1;;) {
    const double visits = static_cast<double>(1 + view.tree.at(id).visits + view.virtual_visits[id]);
    const std::vector<Arm> arms = arms_of(view, id, best, scale);
    double total = 0;
    for (const Arm& arm : arms) total += arm.weight;
    const Arm* chosen = nullptr;
    double chosen_score = 0;
    for (const Arm& arm : arms) {
      if (!arm.option && spent.count(arm.id) != 0) continue;
      const double bonus =
          kExploration * arm.weight / total * std::sqrt(visits) / static_cast<double>(1 + arm.visits);
      if (!chosen || arm.quality + bonus > chosen_score) {
        chosen = &arm;
        chosen_score = arm.quality + bonus;
      }
    }
    if (chosen && chosen->option) return Pick{id, *chosen->option};
    if (chosen) {
      id = chosen->id;
    } else if (id == 1) {
      return std::nullopt;
    } else {
      spent.insert(id);
      id = view.tree.at(id).parent;
    }
  }
}

std::optional<Pick> random_walk(View& view) {
  KE_CHECK(view.random != nullptr);
  std::vector<int64_t> open;
  for (const Node& node : view.tree.nodes()) {
    if (node.id == 1 || merit(node.evaluation) > 0) open.push_back(node.id);
  }
  for (; !open.empty(); open.pop_back()) {
    std::swap(open[view.random->below(open.size())], open.back());
    std::vector<const Option*> untried;
    for (const Option& option : view.catalogue.options(view.tree, open.back(), view.memory)) {
      if (view.untried(option)) untried.push_back(&option);
    }
    if (!untried.empty()) return Pick{open.back(), *untried[view.random->below(untried.size())]};
  }
  return std::nullopt;
}

std::optional<Pick> draft(View& view) {
  std::map<std::string, int> turns;
  double best = 0;
  for (const int64_t child : view.tree.children(1)) {
    ++turns[kind_of(view.tree.at(child).candidate.moves.back())];
    best = std::max(best, reward(view.tree.at(child).evaluation));
  }
  const std::vector<Option>& options = view.catalogue.options(view.tree, 1, view.memory);
  for (const Option& option : options) {
    if (view.pending.count(option.hash) != 0) ++turns[kind_of(option.move)];
  }
  // What a trusted model expects to gain little here waits for the search proper, where it may add to a
  // winner.
  const double least = kWorthADraft * best * view.catalogue.trusted();
  for (const Option& option : options) {  // best prior first
    if (option.prior > 1 && option.learned >= least && view.untried(option) &&
        turns[kind_of(option.move)] == 0)
      return Pick{1, option};
  }
  return std::nullopt;
}

}  // namespace ke
