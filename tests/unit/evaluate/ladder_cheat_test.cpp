// SPDX-License-Identifier: MIT
// Kernels that try to look fast without doing the work. Numbers are those of the attack catalogue in
// docs/evaluation.md.
#include "ke-build/evaluate/rungs.h"
#include "tests/unit/evaluate/ladder_fixture.h"

namespace ke {
namespace {

class CheatTest : public LadderTest {
 protected:
  /// Rejected, whatever the rung: the speed-up of such a version is never believed.
  static void expect_rejected(const Evaluation& evaluation) {
    EXPECT_LT(evaluation.outcome, Outcome::noisy) << name_of(evaluation.outcome) << ": " << evaluation.reason;
    EXPECT_EQ(evaluation.speedup, 0) << evaluation.reason;
  }
};

TEST_F(CheatTest, AnswersRememberedByAddressAreWrong) {
  const std::string before = R"(
#include <map>
static std::map<const float*, std::int64_t> seen;
)";
  expect_rejected(judge(rmsnorm_source(
      "if (seen.count(x) && seen[x] == rows * cols) return; seen[x] = rows * cols;" + kPlainBody, before)));
}

TEST_F(CheatTest, EveryCallIsChecked) {
  expect_rejected(judge(
      rmsnorm_source("static int calls = 0; if (++calls > 12 && calls % 2 == 1) return;" + kPlainBody)));
}

TEST_F(CheatTest, ZerosAreNoAnswer) {
  expect_rejected(judge(rmsnorm_source("std::memset(y, 0, sizeof(float) * rows * cols);")));
}

TEST_F(CheatTest, InputsCannotBeWritten) {
  const Evaluation evaluation = judge(rmsnorm_source(
      "const_cast<float*>(x)[0] = 0; std::memset(const_cast<float*>(x), 0, sizeof(float) * rows * cols);" +
      kPlainBody));
  expect_rejected(evaluation);
  EXPECT_OUTCOME(evaluation, "crashed");
}

TEST_F(CheatTest, AResultOfAnEarlierCallIsWrong) {
  const std::string before = "static float kept[1 << 20]; static std::int64_t size = 0;\n";
  expect_rejected(judge(
      rmsnorm_source("if (size == rows * cols) { std::memcpy(y, kept, sizeof(float) * size); return; }" +
                         kPlainBody + "size = rows * cols; std::memcpy(kept, y, sizeof(float) * size);",
                     before)));
}

TEST_F(CheatTest, RememberingContentsGainsNothing) {
  // Honest on a miss, a copy on a hit; since no inputs are shown twice in one process, it only pays for its
  // memory.
  const std::string before = R"(
#include <map>
#include <vector>
static std::map<std::uint64_t, std::vector<float>> answers;
static std::uint64_t print_of(const float* x, std::int64_t n) {
  std::uint64_t hash = 1469598103934665603u;
  for (std::int64_t i = 0; i < n; i += 997) { std::uint32_t bits; std::memcpy(&bits, x + i, 4); hash = (hash ^ bits) * 1099511628211u; }
  return hash;
}
)";
  const Evaluation evaluation = judge(rmsnorm_source(
      "const std::int64_t n = rows * cols; const std::uint64_t key = print_of(x, n); std::vector<float>& "
      "known = answers[key];"
      "if (known.size() == static_cast<std::size_t>(n)) { std::memcpy(y, known.data(), 4 * n); return; }" +
          kPlainBody + "known.assign(y, y + n);",
      before));
  EXPECT_NE(evaluation.outcome, Outcome::faster) << evaluation.reason;
}

TEST_F(CheatTest, OneRowMissingIsWrong) {
  expect_rejected(judge(rmsnorm_source("if (rows > 40) rows -= 1;" + kPlainBody)));
}

TEST_F(CheatTest, NanIsNoWildcard) {
  expect_rejected(judge(rmsnorm_source("for (std::int64_t i = 0; i < rows * cols; ++i) y[i] = NAN;")));
}

TEST_F(CheatTest, LowerPrecisionIsWrong) {
  const std::string body =
      replace_all(kPlainBody, "sum += x[r * cols + c] * x[r * cols + c];",
                  "{ std::uint32_t b; float v = x[r * cols + c]; std::memcpy(&b, &v, 4); b &= 0xffff0000u; "
                  "std::memcpy(&v, &b, 4); sum += v * v; }");
  expect_rejected(judge(rmsnorm_source(body)));
}

TEST_F(CheatTest, WorkCannotGoOnAfterTheCall) {
  const std::string before = "#include <thread>\n";
  expect_rejected(judge(rmsnorm_source(
      "std::thread([=] { for (std::int64_t i = 0; i < rows * cols; ++i) y[i] = x[i]; }).detach();", before)));
}

TEST_F(CheatTest, CallsOfOneShapeRepeatTheirBits) {
  // Only in rows of calls of the announced shape alone, as time is taken, and inside every bound.
  const Evaluation evaluation = judge(
      rmsnorm_source(
          "static int calls = 0; static bool others = false; ++calls; others |= rows != 48 || cols != 700;" +
          kFastBody +
          "if (!others && calls > 60 && calls % 2 == 1 && std::isfinite(y[0])) y[0] = std::nextafter(y[0], "
          "0.0f);"),
      Effort::decide);
  EXPECT_OUTCOME(evaluation, "wrong");
  EXPECT_NE(evaluation.reason.find("different bits in another"), std::string::npos) << evaluation.reason;
}

// The timed calls by themselves: verify() has seen such a kernel before.
TEST(TimedCalls, RepeatTheirBits) {
  SmallRepository repository(kRmsnormSpec, rmsnorm_source(kPlainBody));
  const auto state =
      open_judge(repository.op(), repository.baseline(), repository.options(), Purpose::measure);
  ASSERT_TRUE(state) << state.error().message;
  const Subject subject = repository.version(
      rmsnorm_source("static int calls = 0; ++calls;" + kFastBody +
                     "if (calls % 2 == 1 && std::isfinite(y[0])) y[0] = std::nextafter(y[0], 0.0f);"));
  Evaluation evaluation;
  evaluation.folder = (*state)->folders->path_of((*state)->op, subject);
  const Deadline deadline(60);
  Climb climb{**state, subject, (*state)->exam, Effort::decide, deadline, evaluation, {}, false};
  const auto compiled = compile_rung(climb);
  ASSERT_TRUE(compiled && *compiled);
  const auto standing = bench_rung(climb);
  ASSERT_TRUE(standing) << standing.error().message;
  EXPECT_OUTCOME(evaluation, "wrong");
  EXPECT_NE(evaluation.reason.find("different bits in another launch"), std::string::npos)
      << evaluation.reason;
}

TEST_F(CheatTest, WaitingIsNotFree) {
  // Its processor time is the baseline's; only the wall clock sees the wait.
  const Evaluation evaluation =
      judge(rmsnorm_source(kPlainBody + "\n const timespec nap{0, 300000}; nanosleep(&nap, nullptr);",
                           "#include <ctime>\n"),
            Effort::decide);
  EXPECT_TRUE(evaluation.outcome == Outcome::untrusted || evaluation.outcome == Outcome::slower)
      << name_of(evaluation.outcome) << ": " << evaluation.reason;
}

TEST_F(CheatTest, AnEarlyExitIsNoResult) {
  expect_rejected(judge(rmsnorm_source("_exit(0);", "#include <unistd.h>\n")));
}

TEST_F(CheatTest, AnAnswerCannotBeReadFromFiles) {
  const std::string answer = "\"" + repository_->folder() + "/answer\"";
  expect_rejected(
      judge(rmsnorm_source("FILE* f = std::fopen(" + answer + ", \"r\"); if (!f) f = std::fopen(" + answer +
                               ", \"w\"); if (!f) std::abort();" + kPlainBody,
                           "#include <cstdio>\n#include <cstdlib>\n")));
}

TEST_F(CheatTest, TheReferenceIsNotThereWhenItCompiles) {
  const Evaluation evaluation = judge("#include \"/etc/shadow\"\n" + rmsnorm_source(kPlainBody));
  EXPECT_OUTCOME(evaluation, "build_failed");
}

}  // namespace
}  // namespace ke
