// SPDX-License-Identifier: MIT
// left_out STORE [WEIGHT]: would what the other families taught have brought a session sooner to where it
// got? Every session of a store is walked again over the moves that it tried, with its own family left out of
// the training. A draft gives every kind of move a turn at the root, and every third, second or single step
// follows the best node instead; `learned` also leaves the kinds beyond first_kinds() for later. Printed:
// evaluations until a node within 95 % of the session's best, as it was, and for each way of following by the
// stated priors and by what the model makes of them (WEIGHT of the model, default 0.5).
#include "ke-build/search/learned/first_moves.h"
#include "ke-build/search/learned/move_model.h"
#include "ke-build/search/tree.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <map>
#include <set>

namespace ke {
namespace {

constexpr double kEnough = 0.95;
constexpr size_t kLate = 5;  // as in plan.cpp

double merit_of(const TriedNode& node) {
  Evaluation evaluation;
  evaluation.outcome = node.outcome;
  evaluation.speedup = node.speedup;
  return merit(evaluation);
}

struct Way {
  size_t straight;  // kinds that are drafted before anything is followed
  size_t follow;
  bool learned_draft;  // kinds beyond first_kinds() come late
};
constexpr Way kWays[] = {{0, 0, false}, {0, 2, false}, {3, 2, false}, {5, 2, false},
                         {0, 2, true},  {3, 2, true},  {0, 1, false}};

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

  // Best merit after each evaluation. Every kind of move gets one turn at the root, most promising first;
  // every `follow`-th step (0: none, until all had theirs) instead goes on from the best node. `gain_of`:
  // expected log gain.
  template <class Gain>
  std::vector<double> draft_and_follow(const Way& way, size_t first_kinds, Gain gain_of) const {
    std::vector<double> course;
    std::map<int64_t, std::map<int64_t, double>> open;  // untried moves of a correct node, with their gains
    std::set<std::pair<double, int64_t>> by_merit;      // of nodes with open moves, best first
    std::set<std::string> drafted;
    const auto visit = [&](const TriedNode& node) {
      const double merit = merit_of(node);
      for (const TriedNode& child : nodes) {
        if (child.parent != node.id || child.moves.empty()) continue;
        open[node.id][child.id] = gain_of(approach_of(node.moves, merit, child.moves.back()));
      }
      if (open.count(node.id) != 0) by_merit.insert({-merit, node.id});
    };
    visit(*by_id.at(1));
    for (size_t spent = 1; !by_merit.empty(); ++spent) {
      int64_t parent = 0, chosen = 0;
      const bool late = first_kinds > 0 && drafted.size() >= first_kinds;
      const bool turn = late ? spent % kLate == 1 : way.follow == 0 || spent % way.follow != 0;
      if (drafted.size() < way.straight || turn) {
        for (const auto& [id, gain] : open[1]) {
          if (drafted.count(kind_of(by_id.at(id)->moves.back())) == 0 &&
              (chosen == 0 || gain > open[1].at(chosen)))
            chosen = id;
        }
        if (chosen != 0) parent = 1;
      }
      if (chosen == 0) {
        parent = by_merit.begin()->second;
        const auto& moves = open[parent];
        chosen = std::max_element(moves.begin(), moves.end(), [](const auto& one, const auto& other) {
                   return one.second < other.second;
                 })->first;
      }
      const TriedNode& node = *by_id.at(chosen);
      if (parent == 1) drafted.insert(kind_of(node.moves.back()));
      open[parent].erase(chosen);
      if (open[parent].empty()) by_merit.erase({-merit_of(*by_id.at(parent)), parent});
      course.push_back(std::max(course.empty() ? 1.0 : course.back(), merit_of(node)));
      if (merit_of(node) > 0) visit(node);
    }
    return course;
  }
};

size_t evaluations_to(const std::vector<double>& course, double enough) {
  const auto at = std::find_if(course.begin(), course.end(), [&](double merit) { return merit >= enough; });
  return static_cast<size_t>(at - course.begin()) + 1;
}

constexpr size_t kAfter[] = {5, 10, 20, 40};  // evaluations
Result<> run(const std::string& path, double weight) {
  KE_TRY(auto store, Store::open(path));
  KE_TRY(const auto all, past_sessions(*store, "", ""));
  std::vector<double> logs(2 * std::size(kWays) + 1);
  double shares[2 * std::size(kWays)][std::size(kAfter)] = {};
  std::printf("%-18s %5s %6s", "operator", "tried", "as was");
  for (const Way& way : kWays)
    std::printf("  %s%zu/%zu", way.learned_draft ? "learned" : " follow", way.straight, way.follow);
  std::puts("   model");
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
    const auto learned = [&](const Approach& approach) {
      return model.can_predict() ? (1 - weight) * stated(approach) + weight * model.log_gain(approach)
                                 : stated(approach);
    };
    std::printf("%-18s %5zu %6zu", session.op.c_str(), tried.size(), walk.as_it_was());
    logs.back() += std::log(static_cast<double>(std::max<size_t>(1, walk.as_it_was())));
    for (size_t i = 0; i < std::size(kWays); ++i) {
      const size_t first = kWays[i].learned_draft ? first_kinds(others) : 0;
      const auto by_stated = walk.draft_and_follow(kWays[i], first, stated);
      const auto by_learned = walk.draft_and_follow(kWays[i], first, learned);
      const size_t one = evaluations_to(by_stated, kEnough * walk.best),
                   two = evaluations_to(by_learned, kEnough * walk.best);
      for (size_t k = 0; k < std::size(kAfter); ++k) {
        shares[2 * i][k] += std::log(by_stated[std::min(kAfter[k], by_stated.size()) - 1] / walk.best);
        shares[2 * i + 1][k] += std::log(by_learned[std::min(kAfter[k], by_learned.size()) - 1] / walk.best);
      }
      logs[2 * i] += std::log(static_cast<double>(one));
      logs[2 * i + 1] += std::log(static_cast<double>(two));
      std::printf("  %4zu %4zu", one, two);
    }
    std::printf("   %s %+.2f\n", model.note().on ? "on " : "off", model.note().learned - model.note().stated);
  }
  const auto mean = [&](double log) {
    return all.empty() ? 0 : std::exp(log / static_cast<double>(all.size()));
  };
  std::printf("%-18s %5s %6.1f", "geometric mean", "", mean(logs.back()));
  for (size_t i = 0; i + 1 < logs.size(); i += 2)
    std::printf("  %4.1f %4.1f", mean(logs[i]), mean(logs[i + 1]));
  std::puts("\n\nshare of the session's best, geometric mean, stated and learned");
  for (size_t k = 0; k < std::size(kAfter); ++k) {
    std::printf("after %2zu evaluations       ", kAfter[k]);
    for (size_t i = 0; i < std::size(kWays); ++i)
      std::printf("  %.3f %.3f", mean(shares[2 * i][k]), mean(shares[2 * i + 1][k]));
    std::puts("");
  }
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
