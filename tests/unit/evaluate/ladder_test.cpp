// SPDX-License-Identifier: MIT
// Versions of a kernel through the real ladder: compilers, sandboxes, processes and clocks are the real ones.
#include "ke-build/evaluate/dispatch.h"
#include "tests/unit/evaluate/ladder_fixture.h"

namespace ke {
namespace {

TEST_F(LadderTest, DescribesTheBaseline) {
  const Evaluation& baseline = evaluator_->baseline();
  EXPECT_OUTCOME(baseline, "equal");
  ASSERT_EQ(baseline.speedups.size(), 1u);
  EXPECT_GT(baseline.speedups[0].baseline_s, 1e-6);
  ASSERT_EQ(baseline.diagnoses.size(), 1u);
  EXPECT_GT(baseline.diagnoses[0].floor_s, 0);
  EXPECT_TRUE(exists(join(baseline.folder, "evaluation.json")));
}

TEST_F(LadderTest, FindsAFasterVersionFaster) {
  const Evaluation evaluation = judge(rmsnorm_source(kFastBody));
  EXPECT_OUTCOME(evaluation, "faster");
  EXPECT_GT(evaluation.speedup, 1.3);
  EXPECT_GT(evaluation.low, 1);
  EXPECT_GE(evaluation.high, evaluation.speedup);
}

TEST_F(LadderTest, CallsTheSameCodeEqual) {
  const Evaluation evaluation = judge(rmsnorm_source(kPlainBody) + "// another comment\n");
  EXPECT_OUTCOME(evaluation, "equal");
  EXPECT_EQ(evaluation.speedup, 1);
}

TEST_F(LadderTest, NeverFindsADifferenceBetweenEqualPrograms) {
  // The unused function changes the layout of the program and nothing else.
  const Evaluation evaluation =
      judge(rmsnorm_source(kPlainBody, "__attribute__((used)) static int pad(int x) { return x * 3 + 1; }"),
            Effort::decide, {}, 1);
  EXPECT_NE(evaluation.outcome, Outcome::faster) << evaluation.reason;
  EXPECT_NE(evaluation.outcome, Outcome::slower) << evaluation.reason;
}

TEST_F(LadderTest, FindsASlowerVersionSlower) {
  const Evaluation evaluation = judge(rmsnorm_source(
      "for (int again = 0; again < 8; ++again) { asm volatile(\"\" ::: \"memory\");" + kPlainBody + "}"));
  EXPECT_OUTCOME(evaluation, "slower");
}

// What a gate asks of a head that looks slower: whatever a winner would be refused for, it is slower.
TEST_F(LadderTest, RepeatsADecisionWithoutAskingWhatAWinnerIsAsked) {
  const std::string slow = rmsnorm_source(
      "volatile int most = 2147483647; most = most + 1; for (volatile long k = 0; k < rows * cols; ++k) {}" +
      kPlainBody);
  const Evaluation repeated = judge(slow, Effort::repeat);
  EXPECT_OUTCOME(repeated, "slower");
  EXPECT_EQ(repeated.speedups.size(), 1u);
  EXPECT_EQ(repeated.rung, "confirm");
  EXPECT_FALSE(repeated.confirmed);

  const Evaluation wrong = judge(rmsnorm_source(replace_all(kFastBody, "* scale", "")), Effort::repeat);
  EXPECT_OUTCOME(wrong, "wrong");
  EXPECT_TRUE(wrong.speedups.empty());
}

TEST_F(LadderTest, ConfirmsAWinnerOnFreshData) {
  const Evaluation evaluation = judge(rmsnorm_source(kFastBody), Effort::confirm);
  EXPECT_OUTCOME(evaluation, "faster");
  EXPECT_TRUE(evaluation.confirmed);
  EXPECT_GE(evaluation.speedups.at(0).blocks, 9);
}

// Where fused multiply-adds are calls of a library, one variant pays for what another one gains.
TEST_F(LadderTest, KnowsAheadWhetherTheVariantsOfOtherMachinesHold) {
  ASSERT_NE(evaluator_, nullptr);
  if (!runs_here("x86-64-v3"))
    GTEST_SKIP() << "not run: a dispatch whose variant for x86-64-v3 loses by itself; this processor cannot "
                    "run that variant";
  const auto clones = [](const std::string& body) {
    return replace_all(rmsnorm_source(body, "static volatile float ke_one = 1;"), "void rmsnorm",
                       "__attribute__((target_clones(\"arch=x86-64-v3\", \"default\"))) void rmsnorm");
  };
  std::string fused = "a[c] * scale * weight[c]";
  for (int i = 0; i < 12; ++i) fused = "std::fma(" + fused + ", one, 0.0f)";
  const std::string dear =
      "const float one = ke_one;" + replace_all(kFastBody, "a[c] * scale * weight[c]", fused);
  for (const auto& [source, holds] : {std::pair(clones(dear), false), std::pair(clones(kFastBody), true),
                                      std::pair(rmsnorm_source(kFastBody), true)}) {
    const auto held = evaluator_->variants_hold(repository_->version(source), Deadline(60));
    ASSERT_TRUE(held) << held.error().message;
    EXPECT_EQ(*held, holds) << source;
  }
}

TEST_F(LadderTest, SeesAWrongTail) {
  const Evaluation evaluation =
      judge(rmsnorm_source(replace_all(kFastBody, "for (; c < cols; ++c) sum += a[c] * a[c];", "")));
  EXPECT_OUTCOME(evaluation, "wrong");
  EXPECT_EQ(evaluation.rung, "verify");
  EXPECT_NE(evaluation.repro.find("ninja -C"), std::string::npos);
}

TEST_F(LadderTest, SeesThatNanWasSwallowed) {
  const std::string body =
      replace_all(kFastBody, "y[r * cols + c] = a[c] * scale * weight[c];",
                  "{ const float v = a[c] * scale * weight[c]; y[r * cols + c] = v == v ? v : 0; }");
  EXPECT_OUTCOME(judge(rmsnorm_source(body)), "wrong");
}

TEST_F(LadderTest, SeesAWriteBehindTheEnd) {
  const Evaluation evaluation = judge(rmsnorm_source(kPlainBody + "\n y[rows * cols] = 1;"));
  EXPECT_TRUE(evaluation.outcome == Outcome::unsafe || evaluation.outcome == Outcome::crashed)
      << evaluation.reason;
}

TEST_F(LadderTest, SeesAReadBehindTheEndUnderSanitizers) {
  // Two elements behind the weights: too near for a guard page in most layouts, and without influence on the
  // result.
  const std::string body =
      kFastBody + "\n static volatile float sink; if (cols > 0) sink = weight[cols + 1];";
  const Evaluation evaluation = judge(rmsnorm_source(body), Effort::confirm);
  EXPECT_TRUE(evaluation.outcome == Outcome::unsafe || evaluation.outcome == Outcome::crashed)
      << evaluation.reason;
}

TEST_F(LadderTest, SurvivesACrash) {
  const Evaluation evaluation = judge(rmsnorm_source("*(volatile int*)8 = 1;"));
  EXPECT_OUTCOME(evaluation, "crashed");
}

TEST_F(LadderTest, SurvivesAHang) {
  const Evaluation evaluation = judge(rmsnorm_source("for (volatile int i = 0;; ++i) {}"));
  EXPECT_OUTCOME(evaluation, "timed_out");
}

TEST_F(LadderTest, ReportsTheFirstErrorOfTheCompiler) {
  const Evaluation evaluation = judge(rmsnorm_source("return undeclared_name;"));
  EXPECT_OUTCOME(evaluation, "build_failed");
  EXPECT_NE(evaluation.reason.find("undeclared_name"), std::string::npos) << evaluation.reason;
}

TEST_F(LadderTest, RefusesIllegalFlagsBeforeCompiling) {
  const Evaluation evaluation = judge(rmsnorm_source(kPlainBody), Effort::screen, {"-ffast-math"});
  EXPECT_OUTCOME(evaluation, "unsafe");
  EXPECT_NE(evaluation.reason.find("finite_only"), std::string::npos) << evaluation.reason;
  EXPECT_EQ(evaluation.ledger.compile_s, 0);
}

TEST_F(LadderTest, UsesLegalFlags) {
  const Evaluation evaluation = judge(rmsnorm_source(kFastBody), Effort::screen, {"-O3", "-fno-math-errno"});
  EXPECT_OUTCOME(evaluation, "faster");
}

TEST_F(LadderTest, FindsPreparedBuildsInTheCache) {
  const Subject subject = repository_->version(rmsnorm_source(kFastBody + " /*1*/ ;"));
  ASSERT_TRUE(evaluator_->prepare({subject, repository_->version(rmsnorm_source(kFastBody + " /*2*/ ;;"))},
                                  Deadline(30)));
  const Deadline deadline(30);
  auto evaluation = evaluator_->evaluate(subject, Effort::screen, deadline);
  ASSERT_TRUE(evaluation) << evaluation.error().message;
  EXPECT_EQ(evaluation->ledger.compile_s, 0);
  EXPECT_GE(evaluation->outcome, Outcome::noisy) << evaluation->reason;  // it ran, whatever the clock says
}

TEST_F(LadderTest, KeepsALedgerThatAddsUp) {
  const double start_s = now_s();
  const Evaluation evaluation = judge(rmsnorm_source(kFastBody, "// ledger"), Effort::screen, {}, 1);
  const double wall_s = now_s() - start_s;
  const Ledger& ledger = evaluation.ledger;
  EXPECT_GT(ledger.compile_s, 0);
  EXPECT_GT(ledger.timed_s, 0);
  EXPECT_GT(ledger.check_s, 0);
  EXPECT_LE(ledger.compile_s + ledger.timed_s + ledger.check_s + ledger.engine_s, wall_s + 0.01);
}

}  // namespace
}  // namespace ke
