// SPDX-License-Identifier: MIT
#include "ke-build/search/space/forest.h"
#include "ke-build/search/space/moves.h"
#include "worlds.h"

#include <set>

namespace ke {
namespace {

TEST(Parameters, SortNumbersAndKeepTheOrderOfWords) {
  const SpaceParameter numbers = make_space_parameter("tile", {"16", "2", "4"});
  EXPECT_EQ(numbers.values, (std::vector<std::string>{"2", "4", "16"}));
  EXPECT_NEAR(numbers.place[1], 1.0 / 3, 1e-12) << "logarithmic";
  EXPECT_NEAR(make_space_parameter("pad", {"0", "1", "3"}).place[1], 1.0 / 3, 1e-12) << "linear";
  const SpaceParameter words = make_space_parameter("layout", {"rows", "columns", "7"});
  EXPECT_EQ(words.values, (std::vector<std::string>{"rows", "columns", "7"}));
  EXPECT_TRUE(words.quantity.empty());
}

TEST(Parameters, KnowHowOftenTwoDividesWhereThatSaysSomething) {
  EXPECT_EQ(make_space_parameter("block", {"48", "32", "100", "64"}).twos,
            (std::vector<double>{5 / 6.0, 4 / 6.0, 1, 2 / 6.0}));
  EXPECT_TRUE(make_space_parameter("powers", {"1", "2", "4"}).twos.empty()) << "their place says it";
  EXPECT_TRUE(make_space_parameter("odd", {"3", "5", "7"}).twos.empty());
  EXPECT_TRUE(make_space_parameter("zero", {"0", "1", "3"}).twos.empty());
  EXPECT_TRUE(make_space_parameter("half", {"1.5", "2", "3"}).twos.empty());
  EXPECT_TRUE(make_space_parameter("huge", {"1e30", "3", "4"}).twos.empty());
  EXPECT_TRUE(make_space_parameter("words", {"a", "b", "3"}).twos.empty());
}

TEST(Spaces, CodeEveryConfigurationOnce) {
  const World world;
  std::set<Configuration> seen;
  for (const Configuration configuration : world.space.all()) {
    EXPECT_EQ(world.space.code(world.space.levels(configuration)), configuration);
    EXPECT_TRUE(World::legal(world.space.levels(configuration)));
    seen.insert(configuration);
  }
  EXPECT_EQ(seen.size(), world.space.all().size());
  EXPECT_GT(seen.size(), 5000u);
}

TEST(Spaces, NeighboursDifferInOneParameterAndAreLegal) {
  const World world;
  Random random(3);
  for (int i = 0; i < 50; ++i) {
    const Configuration configuration = *world.space.draw(random);
    const Levels from = world.space.levels(configuration);
    for (const Configuration neighbour : world.space.neighbours(configuration)) {
      const Levels to = world.space.levels(neighbour);
      int different = 0;
      for (size_t p = 0; p < to.size(); ++p) different += from[p] == to[p] ? 0 : 1;
      EXPECT_EQ(different, 1);
      EXPECT_TRUE(World::legal(to));
    }
  }
}

TEST(Spaces, TooLargeToBeListedAreSampledUnderTheirConstraint) {
  std::vector<SpaceParameter> parameters;
  for (int p = 0; p < 20; ++p)
    parameters.push_back(make_space_parameter("p" + std::to_string(p), texts({1, 2, 3, 4})));
  const auto legal = [](const Levels& levels) { return levels[0] == levels[1]; };
  const Space space = Space::product(parameters, legal);
  EXPECT_FALSE(space.enumerated());
  Random random(1);
  for (int i = 0; i < 100; ++i) {
    const auto drawn = space.draw(random);
    ASSERT_TRUE(drawn);
    EXPECT_TRUE(legal(space.levels(*drawn)));
  }
  const Space empty = Space::product(parameters, [](const Levels&) { return false; });
  EXPECT_FALSE(empty.draw(random));
}

TEST(Forests, LearnAStepAndSayWhereTheyKnowLittle) {
  Samples samples;
  samples.width = 2;
  Random random(5);
  for (int i = 0; i < 200; ++i) {
    const double x = 0.5 * random.uniform(), noise = random.uniform();  // nothing is known above 0.5
    samples.features.insert(samples.features.end(), {static_cast<float>(x), static_cast<float>(noise)});
    samples.targets.push_back(x < 0.25 ? 1 : 3);
  }
  const Forest forest = Forest::fit(samples, {}, random);
  const float low[] = {0.1f, 0.5f}, high[] = {0.45f, 0.5f};
  EXPECT_NEAR(forest.predict(low).mean, 1, 0.1);
  EXPECT_NEAR(forest.predict(high).mean, 3, 0.1);
  const float edge[] = {0.25f, 0.5f};
  EXPECT_GT(forest.predict(edge).spread, forest.predict(low).spread);
}

TEST(Forests, OfOneSampleOrEqualOnesAnswerWithIt) {
  Samples samples{1, {2, 2, 2}, {5, 5, 5}};
  Random random(1);
  const float any[] = {9};
  EXPECT_EQ(Forest::fit(samples, {}, random).predict(any).mean, 5);
  EXPECT_EQ(Forest::fit({1, {2}, {7}}, {}, random).predict(any).mean, 7);
  samples.targets = {1, 2, 3};  // equal features, different answers
  EXPECT_NEAR(Forest::fit(samples, {}, random).predict(any).mean, 2, 1e-12);
}

}  // namespace
}  // namespace ke
