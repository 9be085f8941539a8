// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/slowness.h"

#include <gtest/gtest.h>

namespace ke {
namespace {

constexpr WindowTime kRival{60e-6, 58e-6};

TEST(Slowness, AKernelThatWaitsForItsCoreAFewTimesIsNotSlow) {
  Slowness slowness(5, true);
  for (int i = 0; i < 8; ++i) {
    slowness.add(kRival, {3.6e-3, 50e-6});
    EXPECT_FALSE(slowness.found()) << i;
  }
  for (int i = 0; i < 2; ++i) slowness.add(kRival, {55e-6, 50e-6});
  EXPECT_TRUE(slowness.fine());
}

TEST(Slowness, AKernelThatSleepsInEveryCallIsFound) {
  Slowness slowness(5, true);
  int windows = 0;
  while (windows < 40 && !slowness.found()) {
    slowness.add(kRival, {3.6e-3, 50e-6});
    ++windows;
  }
  EXPECT_TRUE(slowness.waits());
  EXPECT_FALSE(slowness.computes());
  EXPECT_NEAR(slowness.ratio(), 60, 1);
}

TEST(Slowness, WhatComputesFarTooLongIsFoundAtOnce) {
  Slowness slowness(1, true);
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE(slowness.found());
    slowness.add(kRival, {3.6e-3, 3.59e-3});
  }
  EXPECT_TRUE(slowness.computes());
  EXPECT_NEAR(slowness.ratio(), 60, 1);
}

TEST(Slowness, WhatComputesALittleTooLongIsFoundInTime) {
  Slowness slowness(1, true);
  int windows = 0;
  while (windows < 40 && !slowness.found()) {
    // Now and then it waits, too.
    slowness.add({1e-3, 1e-3}, windows % 3 == 0 ? WindowTime{9e-3, 2.4e-3} : WindowTime{2.4e-3, 2.4e-3});
    ++windows;
  }
  EXPECT_TRUE(slowness.computes());
  EXPECT_LT(windows, 40);
}

TEST(Slowness, WithinTheBoundsNothingIsFound) {
  Slowness slowness(1, true);
  for (int i = 0; i < 40; ++i) slowness.add({1e-3, 1e-3}, {1.9e-3, 1.9e-3});
  EXPECT_FALSE(slowness.found());
  EXPECT_TRUE(slowness.fine());
}

// Threads of its own may work for it while it waits: only the clock counts.
TEST(Slowness, WithSeveralThreadsTheClockCounts) {
  Slowness slowness(1, false);
  for (int i = 0; i < 3; ++i) slowness.add(kRival, {3.6e-3, 50e-6});
  EXPECT_TRUE(slowness.computes());
}

// Old code behind the linked name is as slow as the baseline, which may be less than twice as slow as what
// was measured.
TEST(Slowness, TheSameCodeByAnotherNameHasNoSlack) {
  constexpr WindowTime kMeasured{5e-3, 5e-3}, kLinked{8e-3, 8e-3};
  Slowness same(200, true, kSlowByName, 0), other(200, true, kSlowByName);
  for (int i = 0; i < 20; ++i) {
    same.add(kMeasured, kLinked);
    other.add(kMeasured, kLinked);
  }
  EXPECT_TRUE(same.computes());
  EXPECT_FALSE(other.computes());
}

}  // namespace
}  // namespace ke
