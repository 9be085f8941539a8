// SPDX-License-Identifier: MIT
#include "ke-build/search/space/recorded_bench.h"

#include "worlds.h"

#include <algorithm>

namespace ke {
namespace {

Recording recorded(const World& world, const std::string& device) {
  Recording recording = must(parse_recording(world.csv(), device));
  recording.name = "toy-" + device;
  recording.kernel = "toy";
  recording.device = device;
  return recording;
}

TEST(RandomSearch, ExpectationIsThatOfAllSubsets) {
  const Recording recording = must(parse_recording(
      "a,time_ms,compile_ms,benchmark_ms\n1,4,0,0\n2,1,0,0\n3,Failed,0,0\n4,2,0,0\n", "x.csv"));
  EXPECT_NEAR(random_search_ms(recording, 1), (4 + 1 + 2) / 3.0, 1e-12);
  // Pairs: 41 4F 42 1F 12 F2 -> 1 4 2 1 1 2.
  EXPECT_NEAR(random_search_ms(recording, 2), 11 / 6.0, 1e-12);
  EXPECT_NEAR(random_search_ms(recording, 9), 1, 1e-12);
}

TEST(RecordedBenches, GiveTheSameRowsOnAnyNumberOfThreads) {
  const World one(0), other(1);
  const std::vector<Recording> recordings = {recorded(one, "A"), recorded(other, "B")};
  RecordedBenchOptions options;
  options.budgets = {10, 30};
  options.seeds = 4;
  const RecordedBench alone = must(bench_recorded(recordings, options));
  options.threads = 3;
  int last = 0;
  options.on_progress = [&](int done, int total) {
    EXPECT_EQ(total, 8);
    EXPECT_EQ(done, last + 1);
    last = done;
  };
  const RecordedBench together = must(bench_recorded(recordings, options));
  EXPECT_EQ(last, 8);
  ASSERT_EQ(alone.rows.size(), 4u);
  for (size_t i = 0; i < alone.rows.size(); ++i) {
    EXPECT_EQ(alone.rows[i].quality, together.rows[i].quality);
    EXPECT_EQ(alone.rows[i].p_score, together.rows[i].p_score);
  }
  EXPECT_LE(alone.rows[0].quality, alone.rows[1].quality) << "10 evaluations against 30";
  EXPECT_EQ(alone.rows[0].sources, 0u);
}

TEST(RecordedBenches, RandomSearchScoresNothing) {
  const World world(0);
  RecordedBenchOptions options;
  options.budgets = {20, 60};
  options.seeds = 400;
  options.policy = SpacePolicy::random;
  for (const RecordedRow& row : must(bench_recorded({recorded(world, "A")}, options)).rows)
    EXPECT_NEAR(row.p_score, 0, 0.12) << row.budget;
}

TEST(RecordedBenches, ShowOtherDevicesOnlyToTheWarmTrackAndNeverTheSameOne) {
  const World one(0), other(0.5);
  const std::vector<Recording> recordings = {recorded(one, "A"), recorded(one, "a_again"),
                                             recorded(other, "B")};
  RecordedBenchOptions options;
  options.budgets = {5};
  options.seeds = 2;
  options.warm = Warm::devices;
  const auto rows = must(bench_recorded(recordings, options)).rows;
  EXPECT_EQ(rows[0].sources, 1u) << "B only";
  EXPECT_EQ(rows[2].sources, 2u);
  EXPECT_EQ(rows[0].track, "warm-devices");
  options.warm = Warm::kernels;
  EXPECT_EQ(must(bench_recorded(recordings, options)).rows[0].sources, 0u) << "they are all one kernel";
}

TEST(RecordedBenches, PairAWarmTrackWithTheColdOneOfTheSameSeeds) {
  const World one(0), other(0.3);
  const std::vector<Recording> recordings = {recorded(one, "A"), recorded(other, "B")};
  RecordedBenchOptions options;
  options.budgets = {12, 24};
  options.seeds = 5;
  const auto cold = must(bench_recorded(recordings, options));
  options.warm = Warm::devices;
  int last = 0;
  options.on_progress = [&](int done, int total) {
    EXPECT_EQ(total, 20) << "both tracks";
    last = done;
  };
  const auto warm = must(bench_recorded(recordings, options));
  EXPECT_EQ(last, 20);
  for (size_t i = 0; i < warm.rows.size(); ++i) {
    ASSERT_TRUE(warm.rows[i].paired);
    EXPECT_EQ(warm.rows[i].paired->cold, cold.rows[i].quality);
    EXPECT_NEAR(warm.rows[i].paired->difference, warm.rows[i].quality - cold.rows[i].quality, 1e-12);
    EXPECT_LE(warm.rows[i].paired->interval.low, warm.rows[i].paired->difference);
    EXPECT_FALSE(cold.rows[i].paired);
  }
  EXPECT_NEAR(warm.means[0].paired->cold, cold.means[0].quality, 1e-12);
}

TEST(RecordedBenches, OnlySomeSpacesAreSearchedAndTheOthersKnownAllTheSame) {
  const World one(0), other(0.3);
  const std::vector<Recording> recordings = {recorded(one, "A"), recorded(other, "B")};
  RecordedBenchOptions options;
  options.budgets = {6};
  options.seeds = 2;
  options.warm = Warm::devices;
  options.only = {"toy-B"};
  const auto rows = must(bench_recorded(recordings, options)).rows;
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].space, "toy-B");
  EXPECT_EQ(rows[0].sources, 1u);
  options.only = {"toy-C"};
  const auto refused = bench_recorded(recordings, options);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("'toy-C' (did you mean 'toy-"), std::string::npos)
      << refused.error().message;
}

TEST(Duels, TakeTheReferencesBestStrategyAmongTheCompleteOnes) {
  std::vector<RecordedRow> rows(3);
  for (size_t i = 0; i < rows.size(); ++i) {
    rows[i].space = std::string(1, static_cast<char>('a' + i));
    rows[i].budget = 20;
    rows[i].quality = 0.8 + 0.05 * static_cast<double>(i);
  }
  ReferenceTable reference;
  reference.scores[{20, "good"}] = {{"a", {0.7, 0}}, {"b", {0.8, 0}}};
  reference.scores[{20, "bad"}] = {{"a", {0.6, 0}}, {"b", {0.6, 0}}};
  reference.scores[{20, "partial"}] = {{"a", {0.99, 0}}};
  reference.scores[{50, "late"}] = {{"a", {0.99, 0}}};
  const auto duels = duel(rows, reference);
  ASSERT_EQ(duels.size(), 1u);
  EXPECT_EQ(duels[0].strategy, "good");
  EXPECT_EQ(duels[0].spaces, 2u);
  EXPECT_EQ(duels[0].wins, 2u);
  EXPECT_NEAR(duels[0].difference, (0.1 + 0.05) / 2, 1e-12);
  EXPECT_LE(duels[0].interval.low, duels[0].difference);
}

TEST(Names, UnknownOnesAreRefusedWithTheNearest) {
  EXPECT_NE(space_policy_named("modle").error().message.find("did you mean 'model'"), std::string::npos);
  EXPECT_NE(warm_named("device").error().message.find("did you mean 'devices'"), std::string::npos);
}

}  // namespace
}  // namespace ke
