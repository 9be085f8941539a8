// SPDX-License-Identifier: MIT
#include "ke-build/search/space/space_search.h"

#include "worlds.h"

#include <algorithm>
#include <set>

namespace ke {
namespace {

const SpacePolicy kPolicies[] = {SpacePolicy::model, SpacePolicy::evolutionary, SpacePolicy::annealing,
                                 SpacePolicy::random};

std::vector<Configuration> search(const World& world, const SpaceSearchOptions& options, int budget) {
  SpaceSearch search(world.space, options);
  std::vector<Configuration> asked;
  for (int i = 0; i < budget; ++i) {
    const auto next = search.ask();
    if (!next) break;
    asked.push_back(*next);
    search.tell(*next, world.answer(*next));
  }
  return asked;
}

double best_of(const World& world, const std::vector<Configuration>& asked) {
  double best = 1e300;
  for (const Configuration configuration : asked)
    best = std::min(best, world.answer(configuration).value_or(1e300));
  return best;
}

TEST(SpaceSearches, NeverRepeatAConfigurationAndRespectTheConstraint) {
  const World world;
  for (const SpacePolicy policy : kPolicies) {
    const auto asked = search(world, {policy, 7}, 150);
    ASSERT_EQ(asked.size(), 150u);
    EXPECT_EQ(std::set<Configuration>(asked.begin(), asked.end()).size(), asked.size());
    for (const Configuration configuration : asked)
      EXPECT_TRUE(World::legal(world.space.levels(configuration)));
  }
}

TEST(SpaceSearches, AreTheSameForTheSameSeed) {
  const World world;
  for (const SpacePolicy policy : kPolicies) {
    EXPECT_EQ(search(world, {policy, 3}, 60), search(world, {policy, 3}, 60));
    EXPECT_NE(search(world, {policy, 3}, 60), search(world, {policy, 4}, 60));
  }
}

TEST(SpaceSearches, FinishASmallSpaceCompletely) {
  const Space space = Space::product(
      {make_space_parameter("a", texts({1, 2, 3})), make_space_parameter("b", texts({1, 2, 3, 4}))},
      [](const Levels& levels) { return levels[0] != levels[1]; });
  for (const SpacePolicy policy : kPolicies) {
    SpaceSearch search(space, {policy, 1});
    std::set<Configuration> asked;
    while (const auto next = search.ask()) {
      asked.insert(*next);
      // Every third one fails, also the first ones.
      search.tell(*next, asked.size() % 3 == 1 ? std::nullopt
                                               : std::optional<double>(static_cast<double>(*next + 1)));
      ASSERT_LE(asked.size(), 9u);
    }
    EXPECT_EQ(asked.size(), 9u);
  }
}

TEST(SpaceSearches, EndWhereEverythingFailsAndInEmptySpaces) {
  const Space space = Space::product({make_space_parameter("a", texts({1, 2, 3}))}, {});
  const Space empty =
      Space::product({make_space_parameter("a", texts({1, 2, 3}))}, [](const Levels&) { return false; });
  for (const SpacePolicy policy : kPolicies) {
    SpaceSearch search(space, {policy, 1}), nothing(empty, {policy, 1});
    for (int i = 0; i < 3; ++i) search.tell(*search.ask(), std::nullopt);
    EXPECT_FALSE(search.ask());
    EXPECT_FALSE(nothing.ask());
  }
}

TEST(SpaceSearches, GoOnFromAnswersTheyDidNotAskFor) {
  const World world;
  SpaceSearch search(world.space, {SpacePolicy::model, 1});
  Random random(9);
  std::set<Configuration> told;
  while (told.size() < 40) {
    const Configuration configuration = *world.space.draw(random);
    if (told.insert(configuration).second) search.tell(configuration, world.answer(configuration));
  }
  for (int i = 0; i < 20; ++i) {
    const auto next = search.ask();
    ASSERT_TRUE(next);
    EXPECT_TRUE(told.insert(*next).second);
    search.tell(*next, world.answer(*next));
  }
}

// Regression of quality: means over seeds on a space that no constant was chosen on.
TEST(SpaceSearches, WithAModelNeedFarFewerEvaluationsThanRandomOnes) {
  const World world(0.7);
  const double optimum = world.optimum();
  double with = 0, without = 0;
  constexpr int kSeeds = 12;
  for (uint64_t seed = 0; seed < kSeeds; ++seed) {
    with += optimum / best_of(world, search(world, {SpacePolicy::model, seed}, 50)) / kSeeds;
    without += optimum / best_of(world, search(world, {SpacePolicy::random, seed}, 150)) / kSeeds;
  }
  EXPECT_GT(with, 0.9);
  EXPECT_GT(with, without) << "at a third of the budget";
}

TEST(SpaceSearches, ThatKnowSimilarDevicesBeginNearTheOptimum) {
  const World target(0), like(0.3), unlike(-2);
  std::vector<PastSearch> past;
  for (const World* world : {&like, &unlike}) {
    PastSearch search{&world->space, {}, {}};
    for (const Configuration configuration : world->space.all()) {
      search.configurations.push_back(world->space.levels(configuration));
      search.costs.push_back(world->answer(configuration).value_or(-1));
    }
    past.push_back(std::move(search));
  }
  const Prior prior = Prior::learn(target.space, past, 1);
  ASSERT_EQ(prior.sources(), 2u);
  double with = 0, without = 0;
  for (uint64_t seed = 0; seed < 8; ++seed) {
    with += target.optimum() / best_of(target, search(target, {SpacePolicy::model, seed, &prior}, 20)) / 8;
    without += target.optimum() / best_of(target, search(target, {SpacePolicy::model, seed}, 20)) / 8;
  }
  EXPECT_GT(with, 0.93);
  EXPECT_GT(with, without);
}

TEST(SpaceSearches, SurviveAPriorThatIsWrongEverywhere) {
  const World target(0);
  PastSearch liar{&target.space, {}, {}};
  for (const Configuration configuration : target.space.all()) {
    liar.configurations.push_back(target.space.levels(configuration));
    const auto cost = target.answer(configuration);
    liar.costs.push_back(cost ? 1 / *cost : 1e-3);
  }
  const Prior prior = Prior::learn(target.space, {liar}, 1);
  double with = 0;
  for (uint64_t seed = 0; seed < 8; ++seed)
    with += target.optimum() / best_of(target, search(target, {SpacePolicy::model, seed, &prior}, 60)) / 8;
  EXPECT_GT(with, 0.8);
}

}  // namespace
}  // namespace ke
