// SPDX-License-Identifier: MIT
#include "ke-build/search/learned/trials.h"

#include "ke-build/base/text.h"
#include "ke-build/learn/learn.h"
#include "ke-build/search/tree.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>

namespace ke {
namespace {

constexpr size_t kMostTrials = 20000;
constexpr double kLeastGain = -0.7, kMostGain = 7, kSlowest = 0.7;
constexpr size_t kLongestAction = 300;  // of a skill with many steps: what follows tells no two apart

bool is_composed(const Move& move) { return move.synthesizer == "skill" || move.synthesizer == "combine"; }

std::string compared_kind(const Move& move) { return is_composed(move) ? move.synthesizer : kind_of(move); }

// Skills bear the names of sessions; what they do is what two of them have in common.
std::string compared_action(const Move& move) {
  if (move.synthesizer == "skill") return ("skill " + move.detail).substr(0, kLongestAction);
  return is_composed(move) ? move.synthesizer : action_of(move);
}

double size_of_numbers(const std::string& action) {
  double sum = 0;
  for (const std::string& word : split(action, ' ')) {
    const size_t equals = word.find('=');
    if (equals == std::string::npos) continue;
    const double value = std::strtod(word.c_str() + equals + 1, nullptr);
    if (value > 1 && std::isfinite(value)) sum += std::log2(value);
  }
  return sum;
}

double merit_of(const TriedNode& node) {
  Evaluation evaluation;
  evaluation.outcome = node.outcome;
  evaluation.speedup = node.speedup;
  return merit(evaluation);
}

Trial trial_of(const TriedNode& parent, const TriedNode& node) {
  Trial trial{approach_of(parent.moves, merit_of(parent), node.moves.back())};
  trial.parent = parent.id;
  const double now = merit_of(node);
  trial.correct = now > 0;
  if (trial.correct) trial.gain = gain_over(merit_of(parent), now);
  return trial;
}

// Stores of version 1 know no facts: what the root's text shows must do.
Result<Facts> facts_from_root(Store& store, const Session& session) {
  Facts facts;
  KE_TRY(const auto root, store.nodes_as_of(session.id, 0));
  if (!root.empty()) facts = facts_of(Operator(), root.front().candidate.source);
  facts.family = session.op;
  return facts;
}

using TriedNodes = std::map<int64_t, const TriedNode*>;

size_t founder_place(const TriedNodes& nodes, const TriedNode* best) {
  constexpr int64_t kRoot = 1;
  while (best && best->parent != kRoot) {
    const auto parent = nodes.find(best->parent);
    best = parent == nodes.end() ? nullptr : parent->second;
  }
  if (!best || best->moves.empty()) return 0;
  std::map<std::string, double> stated;  // the most that a move of the kind promised
  for (const auto& [id, node] : nodes) {
    if (node->parent != kRoot || node->moves.empty()) continue;
    double& most = stated[kind_of(node->moves.back())];
    most = std::max(most, node->moves.back().prior);
  }
  const double own = stated.at(kind_of(best->moves.back()));
  return 1 + static_cast<size_t>(std::count_if(stated.begin(), stated.end(),
                                               [&](const auto& kind) { return kind.second > own; }));
}

/// Log gain of every move of `best`: a node that brought several shares it among those that are not composed
/// of others.
std::vector<double> gains_along(const TriedNodes& nodes, const TriedNode& best) {
  std::vector<double> gains(best.moves.size());
  const TriedNode* node = &best;
  for (auto parent = nodes.find(node->parent); parent != nodes.end(); parent = nodes.find(node->parent)) {
    const size_t before = parent->second->moves.size(), after = node->moves.size();
    const double was = merit_of(*parent->second);
    if (before >= after || after > gains.size() || !(was > 0)) break;  // not of one lineage
    const auto begin = best.moves.begin() + static_cast<std::ptrdiff_t>(before);
    const auto end = best.moves.begin() + static_cast<std::ptrdiff_t>(after);
    const auto shares = static_cast<double>((end - begin) - std::count_if(begin, end, is_composed));
    const double gain = std::max(0.0, gain_over(was, merit_of(*node)));
    for (size_t i = before; i < after; ++i)
      if (!is_composed(best.moves[i])) gains[i] = gain / shares;
    node = parent->second;
  }
  return gains;
}

Result<PastSession> past_session(Store& store, const Session& session, const std::string& before) {
  PastSession past{session};
  if (past.session.facts.tags.empty()) {
    KE_TRY(past.session.facts, facts_from_root(store, session));
  }
  KE_TRY(const auto nodes, store.tried(session.id, before));
  TriedNodes by_id;
  for (const TriedNode& node : nodes) by_id[node.id] = &node;
  const TriedNode* best = nullptr;
  for (const TriedNode& node : nodes) {
    const auto parent = by_id.find(node.parent);
    if (parent == by_id.end() || node.moves.empty()) continue;
    past.trials.push_back(trial_of(*parent->second, node));
    if (merit_of(node) > std::max(1.0, best ? merit_of(*best) : 0)) best = &node;
  }
  const bool finished = !session.finished.empty() && (before.empty() || session.finished <= before);
  if (const auto winner = by_id.find(session.best); finished && winner != by_id.end()) best = winner->second;
  if (best) {
    past.best = best->id;
    past.speedup = best->speedup;
    past.moves = best->moves;
    past.gains = gains_along(by_id, *best);
    past.founder_place = founder_place(by_id, best);
  }
  return past;
}

}  // namespace

double gain_over(double before, double after) {
  return std::clamp(std::log(after / std::max(before, kSlowest)), kLeastGain, kMostGain);
}

Approach approach_of(const std::vector<Move>& before, double speedup, const Move& move) {
  Approach approach;
  approach.kind = compared_kind(move);
  approach.action = compared_action(move);
  approach.size = is_composed(move) ? 0 : size_of_numbers(approach.action);
  approach.stage = before.empty() ? 0 : 1;
  for (const Move& done : before) {
    if (done.synthesizer != move.synthesizer) continue;
    approach.same_hand += 1;
    if (compared_kind(done) == approach.kind) approach.stage = 2;
  }
  approach.is_stated = move.prior > 0;
  approach.stated = approach.is_stated ? std::log(move.prior) : 0;
  approach.reward = speedup > 0 ? std::log(speedup) : 0;
  approach.depth = static_cast<double>(before.size());
  return approach;
}

Result<std::vector<PastSession>> past_sessions(Store& store, const std::string& before,
                                               const std::string& except) {
  KE_TRY(const auto sessions, store.sessions());
  std::vector<PastSession> all;
  size_t trials = 0;
  for (const Session& session : sessions) {
    if (session.id == except || (!before.empty() && session.started > before)) continue;
    KE_TRY(auto past, past_session(store, session, before));
    trials += past.trials.size();
    if (trials > kMostTrials && !all.empty()) break;
    all.push_back(std::move(past));
  }
  return all;
}

}  // namespace ke
