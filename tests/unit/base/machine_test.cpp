// SPDX-License-Identifier: MIT
#include "ke-build/base/machine.h"

#include "ke-build/base/files.h"

#include <gtest/gtest.h>

namespace ke {
namespace {

TEST(Machine, StolenTimeIsTheEighthFieldAndGuestsAreNotCountedTwice) {
  const auto folder = TempDir::make("ke-machine");
  ASSERT_TRUE(folder);
  const std::string path = join(folder->path(), "stat");
  ASSERT_TRUE(write_file(path, "cpu  100 20 30 400 5 6 7 32 90 10\ncpu0 1 2 3 4 5 6 7 8 9 10\n"));
  EXPECT_EQ(processor_ticks(path).all, 600);
  EXPECT_EQ(processor_ticks(path).stolen, 32);
  for (const char* text : {"", "intr 1 2 3", "cpu", "cpu a b c"}) {
    ASSERT_TRUE(write_file(path, text));
    EXPECT_EQ(processor_ticks(path).all, 0) << text;
  }
  EXPECT_EQ(processor_ticks(join(folder->path(), "nothing")).all, 0);
  EXPECT_GT(processor_ticks().all, 0) << "of this machine";
}

TEST(Machine, EnvironmentSaysWhatTheSystemTellsAndWhatItDoesNot) {
  const auto folder = TempDir::make("ke-machine");
  ASSERT_TRUE(folder);
  const auto set = [&](const char* name, const char* value) {
    ASSERT_TRUE(write_file(join(folder->path(), name), value));
  };
  EXPECT_EQ(environment_text({}, folder->path(), {}),
            "governor not told, SMT not told, boost not told, unknown share of processor time stolen");
  set("cpu0/cpufreq/scaling_governor", "powersave\n");
  set("smt/active", "1\n");
  set("intel_pstate/no_turbo", "0\n");
  EXPECT_EQ(environment_text({1000, 10}, folder->path(), {2000, 35}),
            "governor powersave, SMT on, boost on, 2.5 % of processor time stolen");
  set("smt/active", "0\n");
  set("cpufreq/boost", "0\n");
  EXPECT_EQ(environment_text({1000, 10}, folder->path(), {2000, 10}),
            "governor powersave, SMT off, boost off, 0.0 % of processor time stolen");
}

}  // namespace
}  // namespace ke
