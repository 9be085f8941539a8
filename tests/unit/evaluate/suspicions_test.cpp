// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/suspicions.h"

#include <gtest/gtest.h>

namespace ke {
namespace {

TEST(Suspicions, ComeWithEvidence) {
  Suspicions none;
  EXPECT_FALSE(none.finding(true));
  for (int i = 0; i < 40; ++i) {
    none.waiting.add(i % 2 == 0);
    none.hidden.add(i % 2 == 0);
    none.napping.add(i % 2 == 0);
    none.dearer.add(i % 2 == 0);
  }
  EXPECT_FALSE(none.finding(true)) << "as often as chance has it";
}

TEST(Suspicions, SpoilClaimsOfSpeedOnly) {
  Suspicions sleeps, lucky;
  for (int i = 0; i < 20; ++i) sleeps.napping.add(true);
  ASSERT_TRUE(sleeps.finding(true));
  EXPECT_EQ(sleeps.finding(true)->outcome, Outcome::untrusted);
  EXPECT_FALSE(sleeps.finding(false));
  lucky.unlucky = true;
  ASSERT_TRUE(lucky.finding(true));
  EXPECT_EQ(lucky.finding(true)->outcome, Outcome::slower);
  Suspicions waits;
  for (int i = 0; i < 30; ++i) waits.waiting.add(true);
  EXPECT_TRUE(waits.finding(false)) << "that times are no longer comparable is one whatever they say";
}

}  // namespace
}  // namespace ke
