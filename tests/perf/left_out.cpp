// SPDX-License-Identifier: MIT
// left_out STORE [WEIGHT]: would what the other families taught have brought a session sooner to where it got? Every
// session of a store is walked again, best-first over the moves that it tried, with its own family left out of the
// training: once by the stated priors and once by what the model makes of them (WEIGHT of the model, default 0.5).
// Printed: after how many evaluations a node within 95 % of the session's best comes, each way, and as it was.
#include "ke-build/search/learned/move_model.h"
#include "ke-build/search/tree.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <set>

namespace ke {
namespace {

constexpr double kEnough = 0.95;

double merit_of(const TriedNode& node) {
  Evaluation evaluation;
  evaluation.outcome = node.outcome;
  evaluation.speedup = node.speedup;
  return merit(evaluation);
}

struct Walk {
  const std::vector<TriedNode>& nodes;
  std::map<int64_t, const TriedNode*> by_id;
  double best = 0;

  explicit Walk(const std::vector<TriedNode>& tried) : nodes(tried) {
    for (const TriedNode& node : nodes) {
      by_id[node.id] = &node;
      best = std::max(best, merit_of(node));
    }
  }

  size_t as_it_was() const {
    size_t count = 0;
    for (const TriedNode& node : nodes) {
      if (!node.moves.empty() && merit_of(node) >= kEnough * best) return count;
      ++count;
    }
    return count;
  }

  // Evaluations until a node is good enough, when the most promising move of those at hand always comes next.
  template <class Gain>
  size_t best_first(Gain gain_of) const {
    std::set<int64_t> known{1};
    std::map<int64_t, double> promise;
    const auto open = [&](int64_t parent) {
      for (const TriedNode& node : nodes) {
        if (node.parent != parent || node.moves.empty()) continue;
        const double before = merit_of(*by_id.at(parent));
        promise[node.id] =
            std::log(std::max(before, 0.7)) + gain_of(approach_of(by_id.at(parent)->moves, before, node.moves.back()));
      }
    };
    open(1);
    for (size_t spent = 1; !promise.empty(); ++spent) {
      const auto next = std::max_element(promise.begin(), promise.end(),
                                         [](const auto& a, const auto& b) { return a.second < b.second; });
      const TriedNode& node = *by_id.at(next->first);
      promise.erase(next);
      if (merit_of(node) >= kEnough * best) return spent;
      if (merit_of(node) > 0) open(node.id);
    }
    return nodes.size();
  }
};

Result<> run(const std::string& path, double weight) {
  KE_TRY(auto store, Store::open(path));
  KE_TRY(const auto all, past_sessions(*store, "", ""));
  double log_ratio = 0, sessions = 0;
  std::printf("%-20s %6s %7s %7s %7s  %s\n", "operator", "tried", "as was", "stated", "learned", "model");
  for (const PastSession& target : all) {
    std::vector<PastSession> others;
    for (const PastSession& past : all) {
      if (past.session.facts.family != target.session.facts.family && past.session.op != target.session.op)
        others.push_back(past);
    }
    const Session& session = target.session;
    const MoveModel model =
        MoveModel::train(others, {session.op, session.facts, session.hardware, session.compiler}, 1);
    KE_TRY(const auto tried, store->tried(session.id, ""));
    const Walk walk(tried);
    const auto stated = [](const Approach& approach) { return approach.is_stated ? approach.stated : 0.0; };
    const size_t before = walk.best_first(stated);
    const size_t after = !model.can_predict() ? before : walk.best_first([&](const Approach& approach) {
      return (1 - weight) * stated(approach) + weight * model.log_gain(approach);
    });
    std::printf("%-20s %6zu %7zu %7zu %7zu  %s %+.2f\n", session.op.c_str(), tried.size(), walk.as_it_was(), before,
                after, model.note().on ? "on " : "off", model.note().learned - model.note().stated);
    log_ratio += std::log(static_cast<double>(before) / static_cast<double>(after));
    ++sessions;
  }
  if (sessions > 0) std::printf("stated / learned, geometric mean: %.2f\n", std::exp(log_ratio / sessions));
  return ok();
}

}  // namespace
}  // namespace ke

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fputs("usage: left_out STORE [WEIGHT]\n", stderr);
    return 2;
  }
  const auto done = ke::run(argv[1], argc > 2 ? std::strtod(argv[2], nullptr) : 0.5);
  if (done) return 0;
  std::fprintf(stderr, "left_out: %s\n", done.error().message.c_str());
  return 1;
}
