// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/patience.h"

#include <gtest/gtest.h>

namespace ke {
namespace {

TEST(Patience, WaitsAsLongAsAllowedUntilEnoughWasSeen) {
  Patience patience(60, 2);
  for (int i = 0; i < 7; ++i) patience.saw(0.5);
  EXPECT_EQ(patience.deadline_s(), 60);
  patience.saw(0.5);
  EXPECT_EQ(patience.deadline_s(), 5) << "ten times what all of them took";
}

TEST(Patience, NeverLessThanTheLeastNorMoreThanTheMost) {
  Patience quick(60, 20), slow(60, 20);
  for (int i = 0; i < 20; ++i) {
    quick.saw(0.1);
    slow.saw(30);
  }
  EXPECT_EQ(quick.deadline_s(), 20);
  EXPECT_EQ(slow.deadline_s(), 60);
}

TEST(Patience, FollowsTheSlowOnesAndNotTheUsual) {
  Patience patience(600, 1);
  for (int i = 0; i < 90; ++i) patience.saw(0.5);
  for (int i = 0; i < 10; ++i) patience.saw(4);
  EXPECT_EQ(patience.deadline_s(), 40);
}

}  // namespace
}  // namespace ke
