// SPDX-License-Identifier: MIT
// The pure level from the outside: what is refused by which words stands in tests/redteam; here are its
// contract, its baseline and its report.
#include "ke-build/base/json.h"
#include "tests/unit/evaluate/ladder_fixture.h"

#include <nlohmann/json.hpp>

namespace ke {
namespace {

std::string pure_spec(const std::string& more = "", const std::string& call = "f(x, y, n)") {
  return R"({"name": "op", "axes": {"n": {"type": "var"}}, "inputs": {"x": {"shape": ["n"], "dtype": "float32"}},
    "outputs": {"y": {"shape": ["n"], "dtype": "float32"}}, "ke": {"level": "pure", "kernel": {"call": ")" +
         call + R"("}, "workloads": [{"axes": {"n": 800}}], "hidden": {"n": [0, 90]})" + more + "}}";
}

const std::string kRoot =
    "#include <cmath>\nvoid f(const float* x, float* y, long n) { for (long i = 0; i < n; ++i) y[i] = "
    "std::sqrt(std::fabs(x[i])); }\n";

TEST(PureLevel, HoldsAndIsReported) {
  SmallRepository repository(pure_spec(), kRoot);
  auto evaluator = Evaluator::open(repository.op(), repository.baseline(), repository.options());
  ASSERT_TRUE(evaluator) << evaluator.error().message;
  EXPECT_OUTCOME((*evaluator)->baseline(), "equal");
  EXPECT_EQ((*evaluator)->baseline().level, "pure");
  const Deadline deadline(60);
  const auto same =
      (*evaluator)
          ->evaluate(repository.version("#include <cmath>\nvoid f(const float* x, float* y, long n) { for "
                                        "(long i = n; i-- > 0;) y[i] = std::sqrt(std::fabs(x[i])); }\n"),
                     Effort::confirm, deadline);
  ASSERT_TRUE(same) << same.error().message;
  EXPECT_GE(same->outcome, Outcome::noisy) << same->reason;
  EXPECT_EQ(same->level, "pure");
  const auto written = read_json(join(same->folder, "evaluation.json"));
  ASSERT_TRUE(written);
  EXPECT_EQ(written->at("level"), "pure");
}

// A kernel that leaves a mark in registers that calls need not keep, and is wrong where it finds one.
TEST(PureLevel, NoRegisterBringsAnythingAlong) {
  SmallRepository repository(pure_spec(), kRoot);
  auto evaluator = Evaluator::open(repository.op(), repository.baseline(), repository.options());
  ASSERT_TRUE(evaluator) << evaluator.error().message;
  const auto marked =
      (*evaluator)
          ->evaluate(repository.version(
                         "#include <cmath>\nvoid f(const float* x, float* y, long n) {\n"
                         "  unsigned long kept; unsigned short status;\n"
                         "  asm volatile(\"movq %%xmm15, %0\" : \"=r\"(kept));\n"
                         "  asm volatile(\"fnstsw %0\" : \"=m\"(status));\n"
                         "  const bool found = kept == 0x6d61726b || (status & 0x3800) != 0;\n"
                         "  for (long i = n; i-- > 0;) y[i] = found ? -1 : std::sqrt(std::fabs(x[i]));\n"
                         "  asm volatile(\"movq %0, %%xmm15\" : : \"r\"(0x6d61726bl) : \"xmm15\");\n"
                         "  asm volatile(\"fincstp\");\n}\n"),
                     Effort::screen, Deadline(60));
  ASSERT_TRUE(marked) << marked.error().message;
  EXPECT_GE(marked->outcome, Outcome::noisy) << marked->reason;
}

TEST(PureLevel, WhatDidNotHoldIsSaidWithTheReason) {
  SmallRepository repository(pure_spec(), kRoot);
  auto evaluator = Evaluator::open(repository.op(), repository.baseline(), repository.options());
  ASSERT_TRUE(evaluator) << evaluator.error().message;
  const auto impure =
      (*evaluator)
          ->evaluate(repository.version("#include <cmath>\nstatic float last;\n"
                                        "void f(const float* x, float* y, long n) { for (long "
                                        "i = 0; i < n; ++i) y[i] = std::sqrt(std::fabs(x[i])); "
                                        "if (n > 0) last = y[0]; }\nfloat kept() { return "
                                        "last; }\n"),
                     Effort::screen, Deadline(60));
  ASSERT_TRUE(impure) << impure.error().message;
  EXPECT_OUTCOME(*impure, "unsafe");
  EXPECT_EQ(impure->level_asked, "pure");
  EXPECT_EQ(impure->level, "none");
  EXPECT_EQ(level_text(*impure), "pure was asked for and not shown to hold: " + impure->reason);
  EXPECT_NE(impure->reason.find("uses writable data 'last'"), std::string::npos) << impure->reason;
  const auto written = read_json(join(impure->folder, "evaluation.json"));
  ASSERT_TRUE(written);
  EXPECT_EQ(written->at("level_asked"), "pure");
  EXPECT_EQ(written->at("level"), "none");
}

TEST(PureLevel, AnImpureBaselineIsOneClearError) {
  SmallRepository repository(pure_spec(),
                             "static float last;\nvoid f(const float* x, float* y, long n) { for (long i = "
                             "0; i < n; ++i) y[i] = x[i] * 2; if (n > 0) last = y[0]; }\n"
                             "float kept() { return last; }\n");
  auto evaluator = Evaluator::open(repository.op(), repository.baseline(), repository.options());
  ASSERT_FALSE(evaluator);
  EXPECT_EQ(evaluator.error().code, ErrorCode::usage);
  EXPECT_NE(evaluator.error().message.find("uses writable data 'last' (.bss)"), std::string::npos)
      << evaluator.error().message;
}

TEST(PureLevel, WorkspaceIsAnArgumentThatNobodyChecks) {
  const std::string spec =
      pure_spec(R"(, "workspace": {"room": {"shape": ["n + 1"], "dtype": "float64"}})", "f(x, y, room, n)");
  SmallRepository repository(
      spec,
      "void f(const float* x, float* y, double* room, long n) { room[0] = 0; for (long i = 0; i "
      "< n; ++i) { room[i + 1] = room[i] + x[i]; y[i] = float(room[i + 1] - room[i]) * 2; } }\n");
  auto evaluator = Evaluator::open(repository.op(), repository.baseline(), repository.options());
  ASSERT_TRUE(evaluator) << evaluator.error().message;
  EXPECT_OUTCOME((*evaluator)->baseline(), "equal");
}

}  // namespace
}  // namespace ke
