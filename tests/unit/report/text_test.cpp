// SPDX-License-Identifier: MIT
#include "ke-ci/report/text.h"

#include <gtest/gtest.h>

namespace ke {
namespace {

TEST(ReportText, EscapesEverythingThatHtmlReads) {
  EXPECT_EQ(escape_html("<a href=\"x\" b='&'>"), "&lt;a href=&quot;x&quot; b=&#39;&amp;&#39;&gt;");
}

TEST(ReportText, MakesBidiOverridesAndZeroWidthCharactersVisible) {
  EXPECT_EQ(escape_html("a\xe2\x80\xae"
                        "b\xe2\x80\x8b"
                        "c"),
            "a[U+202E]b[U+200B]c");
  EXPECT_EQ(escape_html(std::string("a\0b\x1b[31m", 8)), "a[U+0000]b[U+001B][31m");
}

TEST(ReportText, ReplacesBrokenUtf8AndKeepsGoodUtf8) {
  EXPECT_EQ(escape_html("\xff"
                        "ok\xc3"),
            "\xef\xbf\xbdok\xef\xbf\xbd");
  EXPECT_EQ(escape_html("µ → ×"), "µ → ×");
}

TEST(ReportText, LeavesNoMentionLinkImageOrTagInMarkdown) {
  const std::string out =
      escape_markdown("@everyone #12 ![x](http://evil/?a) <img src=x> `c` | www.evil.example -->\nnext");
  for (const char c : {'@', '!', '[', '(', '<', '>', '`', '|', '\n'})
    EXPECT_EQ(out.find(c), std::string::npos) << c;
  EXPECT_EQ(out.find("http://"), std::string::npos);
}

TEST(ReportText, QuotesCodeThatHoldsBackticksAndPipes) {
  EXPECT_EQ(markdown_code("a`b"), "`` a`b ``");
  EXPECT_EQ(markdown_code("a|b\nc"), "`a\\|b c`");
  EXPECT_EQ(markdown_code("``"), "``` `` ```");
}

TEST(ReportText, FencesAreLongerThanAnyInside) {
  EXPECT_EQ(markdown_fence("```\nx", "diff"), "````diff\n```\nx\n````\n");
}

TEST(ReportText, RendersEachNameOnceAndDoesNotLookIntoValues) {
  EXPECT_EQ(render("<{{a}}|{{b}}|{{a}}>", {{"a", "{{b}}"}, {"b", "2"}}), "<{{b}}|2|{{b}}>");
}

TEST(ReportText, ChoosesUnitsThatReadWell) {
  EXPECT_EQ(format_seconds(1.234e-6), "1.23 µs");
  EXPECT_EQ(format_seconds(0.0456), "45.6 ms");
  EXPECT_EQ(format_seconds(61.2), "1 min 01 s");
  EXPECT_EQ(format_seconds(0), "–");
  EXPECT_EQ(format_ratio(3.418), "3.42×");
  EXPECT_EQ(format_ratio(34.18), "34.2×");
  EXPECT_EQ(format_rate(13.2e9, "B/s"), "13.2 GB/s");
  EXPECT_EQ(format_percent(0.874), "87 %");
  EXPECT_EQ(format_percent(0.004), "0.4 %");
}

TEST(ReportText, ShortensByCharactersAndNeverInsideOne) {
  EXPECT_EQ(shorten("µµµµ", 4), "µµµµ");
  EXPECT_EQ(shorten("µµµµµ", 4), "µµµ…");
  EXPECT_EQ(shorten("abc", 5), "abc");
}

}  // namespace
}  // namespace ke
