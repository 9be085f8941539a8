// SPDX-License-Identifier: MIT
#include "ke-build/base/text.h"

#include "ke-build/base/random.h"

#include <gtest/gtest.h>

#include <cmath>

namespace ke {
namespace {

TEST(Text, SuggestsTransposedLetters) { EXPECT_EQ(nearest("serach", {"search", "detect"}), "search"); }
TEST(Text, SuggestsNothingFarAway) { EXPECT_EQ(nearest("frobnicate", {"search", "detect"}), ""); }
TEST(Text, SplitKeepsEmptyParts) { EXPECT_EQ(split("a,,b", ',').size(), 3u); }
TEST(Text, LastLinesDropsTheRest) { EXPECT_EQ(last_lines("a\nb\nc\n", 2), "b\nc"); }
TEST(Text, LastLinesOfFewerLinesIsAll) { EXPECT_EQ(last_lines("a\nb", 5), "a\nb"); }

TEST(Random, SameSeedSameStream) {
  Random a(7), b(7), c(8);
  EXPECT_EQ(a.next(), b.next());
  EXPECT_NE(a.next(), c.next());
}

TEST(Random, NormalHasMeanZeroAndVarianceOne) {
  Random random(1);
  double sum = 0, squares = 0;
  const int n = 200000;
  for (int i = 0; i < n; ++i) {
    const double x = random.normal();
    sum += x;
    squares += x * x;
  }
  EXPECT_NEAR(sum / n, 0, 0.01);
  EXPECT_NEAR(squares / n, 1, 0.02);
}

TEST(Text, PrintableLeavesNoOrdersToATerminal) {
  EXPECT_EQ(printable("one\ttwo\nthree"), "one two\nthree");
  EXPECT_EQ(printable("\x1b[2J\x1b[Hverdict: faster\r\a\x7f"), "?[2J?[Hverdict: faster???");
  EXPECT_EQ(printable("\xc2\x9b"
                      "31m"),
            "?31m")
      << "a control character of eight bits";
  EXPECT_EQ(printable("gr\xc3\xb6\xc3\x9f"
                      "e \xe2\x82\xac"),
            "gr\xc3\xb6\xc3\x9f"
            "e \xe2\x82\xac");
}

TEST(Random, BelowIsUniform) {
  Random random(3);
  int counts[5] = {};
  for (int i = 0; i < 50000; ++i) ++counts[random.below(5)];
  for (const int count : counts) EXPECT_NEAR(count, 10000, 400);
}

TEST(Random, SecretSeedsDiffer) { EXPECT_NE(secret_seed(), secret_seed()); }

}  // namespace
}  // namespace ke
