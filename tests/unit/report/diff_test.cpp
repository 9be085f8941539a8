// SPDX-License-Identifier: MIT
#include "ke-ci/report/diff.h"

#include "ke-build/base/diff.h"
#include "ke-build/base/random.h"

#include <gtest/gtest.h>

namespace ke {
namespace {

TEST(Diff, GivesTheUnifiedFormWithContext) {
  EXPECT_EQ(unified_diff("a\nb\nc\nd\n", "a\nB\nc\nd\ne\n", "x.cpp", 1),
            "--- a/x.cpp\n+++ b/x.cpp\n@@ -1,4 +1,5 @@\n a\n-b\n+B\n c\n d\n+e\n");
}

TEST(Diff, IsEmptyForEqualTexts) { EXPECT_EQ(unified_diff("a\nb\n", "a\nb\n", "x"), ""); }

TEST(Diff, FindsAShortestScript) {
  int changed = 0;
  for (const DiffLine& line : diff_lines("A\nB\nC\nA\nB\nB\nA\n", "C\nB\nA\nB\nA\nC\n"))
    changed += line.kind != DiffLine::Kind::same;
  EXPECT_EQ(changed, 5);  // the example of Myers' paper
}

TEST(Diff, RebuildsBothSidesOfRandomTexts) {
  Random random(11);
  for (int round = 0; round < 200; ++round) {
    std::string before, after;
    for (uint64_t i = random.below(40); i > 0; --i)
      before += std::string(1, static_cast<char>('a' + random.below(4))) + "\n";
    for (uint64_t i = random.below(40); i > 0; --i)
      after += std::string(1, static_cast<char>('a' + random.below(4))) + "\n";
    std::string left, right;
    int last_before = 0, last_after = 0;
    for (const DiffLine& line : diff_lines(before, after)) {
      if (line.kind != DiffLine::Kind::added) {
        left += line.text + "\n";
        EXPECT_EQ(line.before, ++last_before);
      }
      if (line.kind != DiffLine::Kind::removed) {
        right += line.text + "\n";
        EXPECT_EQ(line.after, ++last_after);
      }
    }
    EXPECT_EQ(left, before);
    EXPECT_EQ(right, after);
  }
}

TEST(Diff, SurvivesTextsWithNothingInCommon) {
  std::string before, after;
  for (int i = 0; i < 4000; ++i)
    before += "a" + std::to_string(i) + "\n", after += "b" + std::to_string(i) + "\n";
  EXPECT_EQ(diff_lines(before, after).size(), 8000u);
}

TEST(Highlight, MarksKeywordsStringsNumbersAndComments) {
  bool in_comment = false;
  EXPECT_EQ(highlight_cpp("return 1.5f; // <b>", in_comment),
            "<b class=\"k\">return</b> <b class=\"n\">1.5f</b>; <b class=\"c\">// &lt;b&gt;</b>");
  EXPECT_EQ(highlight_cpp("#include \"a.h\"", in_comment),
            "<b class=\"k\">#include</b> <b class=\"s\">&quot;a.h&quot;</b>");
  EXPECT_FALSE(in_comment);
}

TEST(Highlight, CarriesBlockCommentsOverLines) {
  bool in_comment = false;
  highlight_cpp("x /* open", in_comment);
  EXPECT_TRUE(in_comment);
  EXPECT_EQ(highlight_cpp("int */ int", in_comment), "<b class=\"c\">int */</b> <b class=\"k\">int</b>");
}

}  // namespace
}  // namespace ke
