// SPDX-License-Identifier: MIT
// Candidates beside the kernel as it is, on many inputs that nobody has prepared.
#include "ke-build/base/text.h"
#include "ke-build/evaluate/beside_baseline.h"
#include "tests/unit/evaluate/ladder_fixture.h"

#include <gtest/gtest.h>

#include <cmath>

namespace ke {
namespace {

Expected answer(std::vector<double> real, std::vector<int64_t> integer = {}) {
  return {ExpectedOutput{0, std::move(real), std::move(integer)}};
}

TEST(PlainlyDiffer, RoundingsDoNotAndAnythingElseDoes) {
  const double nan = std::nan("");
  EXPECT_FALSE(plainly_differ(answer({1, 100}), answer({1.001, 100.5})));
  EXPECT_FALSE(plainly_differ(answer({1e-9, 100}), answer({0, 100}))) << "lost beside the largest";
  EXPECT_FALSE(plainly_differ(answer({nan, HUGE_VAL}), answer({HUGE_VAL, nan}))) << "other checks' matter";
  EXPECT_FALSE(plainly_differ(answer({}, {3, 4}), answer({}, {3, 4})));
  EXPECT_TRUE(plainly_differ(answer({1, 100}), answer({0.9, 100})));
  EXPECT_TRUE(plainly_differ(answer({1, 100}), answer({1, nan})));
  EXPECT_TRUE(plainly_differ(answer({}, {3, 4}), answer({}, {3, 5})));
}

/// What is found in one of a few runs: inputs are drawn by chance.
std::string found_beside(Judged& judged, const std::string& source, int tries = 3) {
  const auto program = judged.built(judged.version(source), Role::kernel);
  EXPECT_TRUE(program) << (program ? "" : program.error().message);
  for (int k = 0; program && k < tries; ++k) {
    const auto beside = wrong_beside_baseline(judged.state(), *program, kBeside_s);
    EXPECT_TRUE(beside) << (beside ? "" : beside.error().message);
    if (!beside) break;
    EXPECT_EQ(beside->left_out, "");
    if (beside->finding)
      return std::string(name_of(beside->finding->outcome)) + ": " + beside->finding->reason;
  }
  return "";
}

class BesideTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    judged_ = std::make_unique<Judged>(kRmsnormSpec, rmsnorm_source(kPlainBody));
  }
  static void TearDownTestSuite() { judged_.reset(); }
  static std::string found(const std::string& source, int tries = 3) {
    return found_beside(*judged_, source, tries);
  }
  /// Does `what` for one of so many inputs, which no comparison with a constant tells from the others.
  static std::string rarely(int one_of, const std::string& what) {
    return rmsnorm_source(
        kPlainBody +
        ("std::uint32_t mixed = 1, bits;\n"
         "for (std::int64_t i = 0; i < rows * cols; ++i) {\n"
         "  std::memcpy(&bits, x + i, 4); mixed = (mixed ^ bits) * 2654435761u; mixed ^= mixed >> 15;\n"
         "}\nif (mixed % " +
         std::to_string(one_of) + " == 0) " + what));
  }

  inline static std::unique_ptr<Judged> judged_;
};

TEST_F(BesideTest, HonestKernelsAreRight) {
  EXPECT_EQ(found(rmsnorm_source(kPlainBody), 1), "");
  EXPECT_EQ(found(rmsnorm_source(kFastBody), 2), "");
}

TEST_F(BesideTest, FindsWhatHangsOnRareNumbers) {
  const std::string reason = found(rarely(64, "y[0] = 2 * y[0] + 1;"));
  EXPECT_TRUE(starts_with(reason, "wrong: y[0, 0] is ")) << reason;
  EXPECT_NE(reason.find(" inputs"), std::string::npos) << reason;
}

TEST_F(BesideTest, FindsWhatEndsTheProcess) {
  const std::string reason = found(rarely(64, "__builtin_trap();"));
  EXPECT_TRUE(starts_with(reason, "crashed: ")) << reason;
}

TEST_F(BesideTest, WhatEndsTheFirstCallLeavesNothingOut) {
  const std::string reason = found(rmsnorm_source("__builtin_trap();"));
  EXPECT_TRUE(starts_with(reason, "crashed: ")) << reason;
}

TEST_F(BesideTest, FindsWhatEndsTheProcessAndNamesTheStyle) {
  const std::string reason = found(rmsnorm_source(
      kPlainBody +
      "bool rises = cols > 9;\n"
      "for (int c = 0; c < 9 && rises; ++c) rises = x[c] < x[c + 1];\nif (rises) __builtin_trap();"));
  EXPECT_TRUE(starts_with(reason, "crashed: ")) << reason;
  const bool rises = reason.find("with sorted inputs") != std::string::npos ||
                     reason.find("with nearly inputs") != std::string::npos;
  EXPECT_TRUE(rises) << reason;
}

TEST_F(BesideTest, ArraysLieWhereTimedOnesDo) {
  const std::string reason = found(
      rarely(16,
             "if (reinterpret_cast<std::uintptr_t>(x) % 4096 != 0 &&\n"
             "    reinterpret_cast<std::uintptr_t>(x + rows * cols) % 4096 != 0) y[0] = 2 * y[0] + 1;"));
  EXPECT_TRUE(starts_with(reason, "wrong: y[0, 0] is ")) << reason;
}

TEST_F(BesideTest, FindsWhatIsFarOffOnceInEachProcess) {
  const std::string reason = found(
      rmsnorm_source("static int calls = 0;" + std::string(kPlainBody) + " if (++calls == 20) y[0] = 7e6;"));
  EXPECT_TRUE(starts_with(reason, "wrong: y[0, 0] is 7000000")) << reason;
}

TEST_F(BesideTest, SaysThatNoTimeWasLeft) {
  const auto program = judged_->built(judged_->version(rmsnorm_source(kFastBody)), Role::kernel);
  ASSERT_TRUE(program) << program.error().message;
  const auto beside = wrong_beside_baseline(judged_->state(), *program, 0);
  ASSERT_TRUE(beside) << beside.error().message;
  EXPECT_FALSE(beside->finding);
  EXPECT_EQ(beside->left_out, "no time was left");
}

TEST(Beside, LooksAtLargeShapesInEveryStyle) {
  const std::string spec =
      R"json({"name": "f", "op_type": "scan", "axes": {"n": {"type": "var"}},
        "inputs": {"x": {"shape": ["n"], "dtype": "float32"}}, "outputs": {"y": {"shape": ["n"], "dtype": "float32"}},
        "ke": {"kernel": {"language": "cpp", "entry": "f", "call": "f(x, y, n)"},
               "tolerance": {"kind": "derived", "reduction": "n"},
               "workloads": [{"name": "long", "axes": {"n": 400000}}], "hidden": {"n": [1, 300]}}})json";
  const std::string head = "void f(const float* x, float* y, long n) {\n",
                    sum = "  double s = 0;\n  for (long i = 0; i < n; ++i) y[i] = float(s += x[i]);\n}\n";
  Judged judged(spec, head + sum);
  const std::string reason =
      found_beside(judged, head +
                               "  bool empty = n >= 300000;\n"
                               "  for (long k = 0; k < 64 && empty; ++k) empty = x[k * (n / 64)] == 0;\n"
                               "  for (long i = 0; i < n && empty; ++i) y[i] = 0;\n  if (empty) return;\n" +
                               sum);
  EXPECT_TRUE(starts_with(reason, "wrong: y[")) << reason;
  EXPECT_NE(reason.find("on n=400000 with "), std::string::npos) << reason;
}

}  // namespace
}  // namespace ke
