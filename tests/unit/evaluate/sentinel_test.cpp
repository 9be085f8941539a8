// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/sentinel.h"

#include "ke-build/base/clock.h"
#include "ke-build/base/files.h"
#include "ke-build/base/machine.h"
#include "ke-build/base/text.h"

#include <gtest/gtest.h>

#include <cmath>

namespace ke {
namespace {

SentinelRecord record_with(double ratio, bool alarm = false) {
  return {"2026-01-31T12:00:00Z", machine_name(), "w", ratio, ratio * 0.9, HUGE_VAL, 12, alarm};
}

TEST(SentinelHistory, PublishesTheQuantileOfWhatEqualVersionsLookedLike) {
  std::vector<SentinelRecord> records;
  for (int i = 1; i <= 100; ++i)
    records.push_back(record_with(i % 2 ? 1 + i * 1e-4 : 1 / (1 + i * 1e-4), i == 100));
  const SentinelHistory history = history_of(records);
  EXPECT_EQ(history.measured, 100);
  EXPECT_EQ(history.alarms, 1);
  EXPECT_NEAR(history.detectable, 0.0095, 1e-4);
  EXPECT_NEAR(history.alarm_rate.high, 0.0545, 1e-3) << "Clopper-Pearson, 1 of 100";
  EXPECT_NE(history.text().find("minimum detectable effect 1.0 %"), std::string::npos) << history.text();
}

TEST(SentinelHistory, FewMeasurementsGiveTheLargestAndNoneGiveNothing) {
  EXPECT_EQ(history_of({}).detectable, 0);
  EXPECT_NE(history_of({}).text().find("unknown"), std::string::npos);
  const SentinelHistory few = history_of({record_with(1.001), record_with(1 / 1.03), record_with(1.002)});
  EXPECT_NEAR(few.detectable, 0.03, 1e-12);
  EXPECT_NE(few.text().find("only 3"), std::string::npos) << few.text();
}

TEST(SentinelHistory, IsKeptOnDiskPerMachineAndDoesNotGrowForever) {
  const auto folder = TempDir::make("ke-sentinel");
  ASSERT_TRUE(folder);
  const std::string path = join(folder->path(), "sentinels.jsonl");
  ASSERT_TRUE(sentinel_history(folder->path()));
  EXPECT_EQ(sentinel_history(folder->path())->measured, 0);
  SentinelRecord elsewhere = record_with(2);
  elsewhere.machine = "another machine";
  ASSERT_TRUE(remember_sentinel(folder->path(), elsewhere));
  for (int i = 0; i < 450; ++i) ASSERT_TRUE(remember_sentinel(folder->path(), record_with(1.01)));
  EXPECT_EQ(split(trim(*read_file(path)), '\n').size(), 400u);
  ASSERT_TRUE(append_line(path, "{\"time\": \"half a li"));
  ASSERT_TRUE(append_line(path, "{\"ratio\": 0}"));
  const std::string many =
      replace_all(split(trim(*read_file(path)), '\n').at(399), "\"launches\":12", "\"launches\":99999999999");
  ASSERT_NE(many.find("99999999999"), std::string::npos);
  ASSERT_TRUE(append_line(path, many));
  const auto history = sentinel_history(folder->path());
  ASSERT_TRUE(history);
  EXPECT_EQ(history->measured, 400);
  EXPECT_NEAR(history->detectable, 0.01, 1e-12);
}

TEST(SentinelHistory, ARecentQuietOneSpeaksForTheMachine) {
  const auto folder = TempDir::make("ke-sentinel");
  ASSERT_TRUE(folder);
  const auto lately = [&](const std::string& time, const std::string& machine, bool alarm) {
    SentinelRecord record = record_with(1.01, alarm);
    record.time = time;
    record.machine = machine;
    record.boot = boot_id();
    EXPECT_TRUE(remember_sentinel(folder->path(), record));
    return *was_steady_lately(folder->path());
  };
  EXPECT_FALSE(*was_steady_lately(folder->path()));
  EXPECT_FALSE(lately(utc_now(), "another machine", false));
  EXPECT_FALSE(lately(utc_now(3600), machine_name(), false)) << "an hour ago";
  EXPECT_TRUE(lately(utc_now(60), machine_name(), false));
  EXPECT_FALSE(lately(utc_now(30), machine_name(), true)) << "an alarm asks for another look";
  EXPECT_TRUE(lately(utc_now(10), machine_name(), false));
  EXPECT_FALSE(lately(utc_now(-3600), machine_name(), false)) << "a clock that was set back";
  SentinelRecord of_another = record_with(1.01);
  of_another.time = utc_now();
  of_another.boot = "another of the same kind";
  ASSERT_TRUE(remember_sentinel(folder->path(), of_another));
  EXPECT_FALSE(*was_steady_lately(folder->path()));
}

}  // namespace
}  // namespace ke
