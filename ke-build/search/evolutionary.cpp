// SPDX-License-Identifier: MIT
// Evolution on islands. The children of the root found them in turn, and every node belongs to the island of
// its founder, so that an island is a set of lineages that share their first move. Steps serve the islands in
// turn: a tournament picks a parent, which is mutated by one of its options or crossed with a second one of
// its island; in every eighth round the second parent is the best of the neighbouring island, and so moves
// migrate around the ring. All of it follows from the tree, the step and its seed.
#include "ke-build/base/random.h"
#include "ke-build/search/crossover.h"
#include "ke-build/search/experience.h"
#include "ke-build/search/policy.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace ke {
namespace {

constexpr size_t kIslands = 4;
constexpr size_t kPopulation = 12;  // the best of an island; the others are its past
constexpr size_t kTournament = 3;
constexpr double kNovelty = 0.3;    // what being unlike all others is worth, as a share of the best reward
constexpr double kCrossover = 0.3;  // share of the steps
constexpr int64_t kRounds = 8;      // between migrations
constexpr double kLeastDraw = 0.05;

struct Member {
  int64_t id = 0;
  std::set<std::string> kinds;
  double fitness = 0;
};
using Island = std::vector<Member>;  // best merit first

// By the order in which the founders came: the draft gives every kind of move one of them.
size_t island_of(const Tree& tree, int64_t id) {
  const std::vector<int64_t>& founders = tree.children(1);
  const auto place = std::lower_bound(founders.begin(), founders.end(), tree.founder(id));
  return static_cast<size_t>(place - founders.begin()) % kIslands;
}

double distance(const std::set<std::string>& a, const std::set<std::string>& b) {
  size_t shared = 0;
  for (const std::string& kind : a) shared += b.count(kind);
  const size_t either = a.size() + b.size() - shared;
  return either == 0 ? 0 : 1 - static_cast<double>(shared) / static_cast<double>(either);
}

void rate(const Tree& tree, Island& island) {
  const double scale = std::max(0.2, tree.best_reward(1));
  for (Member& member : island) {
    double novelty = 0;
    for (const Member& other : island) novelty += distance(member.kinds, other.kinds);
    novelty /= static_cast<double>(std::max<size_t>(1, island.size() - 1));
    member.fitness = std::log(merit(tree.at(member.id).evaluation)) / scale + kNovelty * novelty;
  }
}

std::vector<Island> islands_of(const Tree& tree) {
  std::vector<Island> islands(kIslands);
  size_t full = 0;
  for (const auto& [less, id] : tree.by_merit()) {
    if (less >= 0 || full == kIslands) break;
    if (id == 1) continue;
    Island& island = islands[island_of(tree, id)];
    if (island.size() == kPopulation) continue;
    Member member{id, {}, 0};
    for (const Move& move : tree.at(id).candidate.moves) member.kinds.insert(kind_of(move));
    island.push_back(std::move(member));
    full += island.size() == kPopulation;
  }
  for (Island& island : islands) rate(tree, island);
  return islands;
}

// The fittest of a few that chance brings together, then the next ones: the whole island in the order in
// which its tournaments would be won.
std::vector<int64_t> tournaments(Island island, Random& random) {
  std::vector<int64_t> order;
  while (!island.empty()) {
    size_t winner = random.below(island.size());
    for (size_t i = 1; i < kTournament; ++i) {
      const size_t rival = random.below(island.size());
      if (island[rival].fitness > island[winner].fitness) winner = rival;
    }
    order.push_back(island[winner].id);
    island.erase(island.begin() + static_cast<std::ptrdiff_t>(winner));
  }
  return order;
}

// One of the node's options, in proportion to the gains that are expected of them.
std::optional<Pick> mutated(View& view, int64_t id, Random& random) {
  const std::vector<Option>& options = view.catalogue.options(view.tree, id, view.memory);
  if (options.empty()) return std::nullopt;
  const Experience experience(view.tree, id, view.memory);
  std::vector<double> weights;
  double total = 0;
  for (const Option& option : options) {
    weights.push_back(view.untried(option) ? std::max(kLeastDraw, experience.expected_log_gain(option)) : 0);
    total += weights.back();
  }
  if (total <= 0) return std::nullopt;
  double draw = random.uniform() * total;
  size_t chosen = 0;
  for (size_t i = 0; i < options.size(); ++i) {
    if (weights[i] == 0) continue;
    chosen = i;
    draw -= weights[i];
    if (draw < 0) break;
  }
  return Pick{id, options[chosen]};
}

std::optional<Pick> child_of(View& view, int64_t one, int64_t other, const char* label, Random& random) {
  for (const bool some : {false, true}) {
    auto child = crossed(view.catalogue, view.tree, one, other, some, label, random);
    if (!child) continue;
    const std::string hash = candidate_hash(child->candidate);
    if (!view.untried(hash)) continue;
    view.memory = Memory::combine_both;  // it has looked at more than the lineage
    const Move did = child->candidate.moves.back();
    return Pick{one, {hash, did, child->prior, kind_of(did)}, std::move(child)};
  }
  return std::nullopt;
}

// The first parent with the best one of the neighbouring island that has any (migration), or with the winner
// of another tournament at home.
std::optional<Pick> mated(View& view, const std::vector<Island>& islands, size_t home, bool migration,
                          Random& random) {
  const std::vector<int64_t> parents = tournaments(islands[home], random);
  if (!migration) {
    return parents.size() < 2 ? std::nullopt : child_of(view, parents[0], parents[1], "island", random);
  }
  for (size_t i = 1; i < kIslands; ++i) {
    const Island& neighbour = islands[(home + i) % kIslands];
    if (!neighbour.empty()) return child_of(view, parents[0], neighbour[0].id, "migration", random);
  }
  return std::nullopt;
}

}  // namespace

std::optional<Pick> evolutionary(View& view) {
  KE_CHECK(view.random != nullptr);
  Random& random = *view.random;
  const std::vector<Island> islands = islands_of(view.tree);
  const auto round = view.step / static_cast<int64_t>(kIslands);
  const bool migration = round % kRounds == kRounds - 1;
  for (size_t i = 0; i < kIslands;
       ++i) {  // the one whose turn it is; the next one when it has nothing to try
    const size_t home = (static_cast<size_t>(view.step) + i) % kIslands;
    if (islands[home].empty()) continue;
    if (migration || random.uniform() < kCrossover) {
      if (auto child = mated(view, islands, home, migration, random)) return child;
    }
    for (const int64_t parent : tournaments(islands[home], random)) {
      if (auto child = mutated(view, parent, random)) return child;
    }
  }
  // Nothing lives on any island, or they are worked out: a new founder, or the past.
  if (auto founder = mutated(view, 1, random)) return founder;
  return greedy(view);
}

}  // namespace ke
