// SPDX-License-Identifier: MIT
#include "ke-build/search/policy.h"

#include "ke-build/base/text.h"
#include "ke-build/search/experience.h"
#include "ke-build/search/search.h"

#include <algorithm>
#include <cmath>

namespace ke {
namespace {

// Exploration weight of PUCT on rewards that are scaled to [0, 1]. Small: a budget of 30 evaluations is won
// near the incumbent, and the draft has already tried every kind of move once.
constexpr double kExploration = 0.35;
constexpr double kLeastWeight = 0.02;  // of an option with a prior <= 1: last, but never never

// Share of the best reward of the draft so far that a trusted model must expect of a further kind.
constexpr double kWorthADraft = 0.2;

constexpr PolicyRow kPolicies[] = {{"uct", uct, {0.25, 0.25}},
                                   {"greedy", greedy, {0.25, 0.25}},
                                   {"evolutionary", evolutionary, {0.4, 0.2}, false},
                                   {"random", random_walk, {}}};

// A child or an untried option of one node, as PUCT compares them.
struct Arm {
  int64_t child = 0;  // 0: the option
  size_t option = 0;  // its place in the list
  double quality = 0, weight = 0;
  int64_t visits = 0;
  bool spent = false;  // a subtree without untried options
};

struct Fork {
  int64_t id = 0;
  std::vector<Arm> arms;
  double total = 0;  // of the weights
  size_t chosen = 0;
};

bool is_skill(const Move& move) { return move.synthesizer == "skill"; }

int64_t virtual_visits(const View& view, int64_t id) {
  const auto found = view.virtual_visits.find(id);
  return found == view.virtual_visits.end() ? 0 : found->second;
}

Fork fork_of(View& view, int64_t id, double scale) {
  const Tree& tree = view.tree;
  Fork fork;
  fork.id = id;
  const std::vector<Option>& options = view.catalogue.options(tree, id, view.memory);
  if (options.empty() && tree.children(id).empty()) return fork;
  const Experience experience(tree, id, view.memory);
  for (const int64_t child : tree.children(id)) {
    if (merit(tree.at(child).evaluation) <= 0) continue;  // nothing grows from a wrong kernel
    const Option as_option{"", tree.at(child).candidate.moves.back(), 1.0, tree.kind(child)};
    fork.arms.push_back({child, 0, tree.best_reward(child) / scale,
                         std::max(kLeastWeight, experience.expected_log_gain(as_option)),
                         tree.at(child).visits + virtual_visits(view, child)});
  }
  for (size_t i = 0; i < options.size(); ++i) {
    if (!view.untried(options[i])) continue;
    const double gain = experience.expected_log_gain(options[i]);
    const double predicted = (reward(tree.at(id).evaluation) + gain) / scale;
    fork.arms.push_back({0, i, std::clamp(predicted, 0.0, 1.5), std::max(kLeastWeight, gain), 0});
  }
  for (const Arm& arm : fork.arms) fork.total += arm.weight;
  return fork;
}

// The arm with the highest upper bound; null when all are spent.
Arm* best_arm(const View& view, Fork& fork) {
  const double visits = static_cast<double>(1 + view.tree.at(fork.id).visits + virtual_visits(view, fork.id));
  Arm* best = nullptr;
  double best_score = 0;
  for (Arm& arm : fork.arms) {
    if (arm.spent) continue;
    const double bonus =
        kExploration * arm.weight / fork.total * std::sqrt(visits) / static_cast<double>(1 + arm.visits);
    if (best && arm.quality + bonus <= best_score) continue;
    best = &arm;
    best_score = arm.quality + bonus;
  }
  return best;
}

}  // namespace

Result<PolicyRow> policy_named(const std::string& name) {
  for (const PolicyRow& row : kPolicies) {
    if (name == row.name) return row;
  }
  return Error{ErrorCode::usage, "unknown policy '" + name + "'" + suggestion(name, policy_names()) +
                                     "; expected " + join_texts(policy_names(), " or ")};
}

Result<> check_policy(const std::string& name) {
  KE_DO(policy_named(name));
  return ok();
}

std::vector<std::string> policy_names() {
  std::vector<std::string> names;
  for (const PolicyRow& row : kPolicies) names.push_back(row.name);
  return names;
}

std::optional<Pick> greedy(View& view) {
  for (const auto& [less, id] : view.tree.by_merit()) {
    if (id != 1 && less >= 0) break;  // nothing grows from a wrong kernel
    const std::vector<Option>& options = view.catalogue.options(view.tree, id, view.memory);
    if (options.empty()) continue;
    const Experience experience(view.tree, id, view.memory);
    const Option* best = nullptr;
    double best_gain = 0;
    for (const Option& option : options) {
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
  const double scale = std::max(0.2, view.tree.best_reward(1));
  std::vector<Fork> path{fork_of(view, 1, scale)};
  while (!path.empty()) {
    Fork& fork = path.back();
    Arm* arm = best_arm(view, fork);
    if (!arm) {
      path.pop_back();
      if (!path.empty()) path.back().arms[path.back().chosen].spent = true;
    } else if (arm->child == 0) {
      return Pick{fork.id, view.catalogue.options(view.tree, fork.id, view.memory)[arm->option]};
    } else {
      fork.chosen = static_cast<size_t>(arm - fork.arms.data());
      path.push_back(fork_of(view, arm->child, scale));
    }
  }
  return std::nullopt;
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
  bool after_skill = false;
  for (const int64_t child : view.tree.children(1)) {
    ++turns[view.tree.kind(child)];
    best = std::max(best, reward(view.tree.at(child).evaluation));
    after_skill = is_skill(view.tree.at(child).candidate.moves.back());
  }
  const std::vector<Option>& options = view.catalogue.options(view.tree, 1, view.memory);
  for (const Option& option : options) {
    if (view.pending.count(option.hash) == 0) continue;
    ++turns[option.kind];
    after_skill = is_skill(option.move);
  }
  // What a trusted model knows to gain little here waits for the search proper, where it may add to a winner.
  const double least = kWorthADraft * best * view.catalogue.trusted();
  const Option* skill = nullptr;
  for (const Option& option : options) {  // best prior first
    if (option.prior <= 1 || !view.untried(option) || turns[option.kind] != 0) continue;
    if (option.known && option.learned < least) continue;
    // What won elsewhere and what this code suggests take turns: neither may use up the draft.
    if (!after_skill || !is_skill(option.move)) return Pick{1, option};
    if (!skill) skill = &option;
  }
  return skill ? std::optional(Pick{1, *skill}) : std::nullopt;
}

}  // namespace ke
