// SPDX-License-Identifier: MIT
#include "ke-build/base/process.h"

#include "ke-build/base/clock.h"

#include <gtest/gtest.h>

namespace ke {
namespace {

TEST(Process, CapturesBothStreamsAndTheStatus) {
  const auto exit = run({.argv = {"sh", "-c", "echo out; echo err >&2; exit 7"}});
  ASSERT_TRUE(exit);
  EXPECT_EQ(exit->out, "out\n");
  EXPECT_EQ(exit->err, "err\n");
  EXPECT_EQ(exit->code, 7);
}

TEST(Process, FeedsInputLargerThanAPipe) {
  const std::string input(1 << 20, 'x');
  const auto exit = run({.argv = {"wc", "-c"}, .input = input});
  ASSERT_TRUE(exit);
  EXPECT_EQ(std::stol(exit->out), 1 << 20);
}

TEST(Process, KillsTheWholeGroupAtTheDeadline) {
  const double start_s = now_s();
  const auto exit = run({.argv = {"sh", "-c", "sleep 30 & sleep 30"}, .timeout_s = 0.2});
  ASSERT_TRUE(exit);
  EXPECT_TRUE(exit->timed_out);
  EXPECT_LT(now_s() - start_s, 5);
}

TEST(Process, DoesNotWaitForGrandchildrenThatKeepThePipe) {
  const double start_s = now_s();
  const auto exit = run({.argv = {"sh", "-c", "sleep 20 & echo done"}, .timeout_s = 15});
  ASSERT_TRUE(exit);
  EXPECT_EQ(exit->out, "done\n");
  EXPECT_LT(now_s() - start_s, 5);
}

TEST(Process, BoundsTheOutput) {
  const auto exit = run({.argv = {"sh", "-c", "head -c 100000 /dev/zero"}, .output_limit_bytes = 1000});
  ASSERT_TRUE(exit);
  EXPECT_EQ(exit->out.size(), 1000u);
  EXPECT_TRUE(exit->truncated);
}

TEST(Process, NamesAMissingProgram) {
  const auto exit = run({.argv = {"no-such-program-here"}});
  ASSERT_FALSE(exit);
  EXPECT_EQ(exit.error().code, ErrorCode::not_found);
}

TEST(Process, FailureCarriesTheLastWords) {
  const auto out = run_or_fail({.argv = {"sh", "-c", "echo because >&2; exit 1"}});
  ASSERT_FALSE(out);
  EXPECT_NE(out.error().message.find("because"), std::string::npos);
}

TEST(Process, ShellLinesSurviveARoundTrip) {
  const std::vector<std::string> words = {"a b", "it's", "$HOME", "", "plain", "back\\slash"};
  EXPECT_EQ(split_command(shell_line(words)), words);
}

TEST(Process, SplitsQuotedFlagsLikeAShell) {
  EXPECT_EQ(split_command("-O3  -DX=\"a b\" '-DY=\"q\"' -I/x\\ y"),
            (std::vector<std::string>{"-O3", "-DX=a b", "-DY=\"q\"", "-I/x y"}));
}

}  // namespace
}  // namespace ke
