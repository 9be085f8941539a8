// SPDX-License-Identifier: MIT
// Calls with a history, by themselves: chains whose outputs and counters go on, thousands of one shape.
#include "ke-build/evaluate/verify_history.h"

#include "ke-build/evaluate/judge_state.h"
#include "tests/unit/evaluate/ladder_fixture.h"

#include <gtest/gtest.h>

namespace ke {
namespace {

const char* const kStepSpec = R"json({
  "name": "advance",
  "axes": {"n": {"type": "var"}, "lanes": {"type": "const", "value": 4}},
  "inputs": {"x": {"shape": ["n"], "dtype": "float32"}, "step": {"shape": null, "dtype": "int32"}},
  "outputs": {"y": {"shape": ["n"], "dtype": "float32"}},
  "ke": {
    "kernel": {"call": "ops::advance(x, y, step, n)"},
    "workloads": [{"name": "small", "axes": {"n": 300}, "inputs": {"step": 7}}],
    "hidden": {"n": [1, 200]}
  }
})json";

std::string advance(const std::string& before = "") {
  return "#include <cstdint>\n#include <xmmintrin.h>\nnamespace ops {\n"
         "void advance(const float* x, float* y, std::int32_t step, std::int64_t n) {\n  float factor = "
         "3;\n" +
         before +
         "\n  for (std::int64_t i = 0; i < n; ++i) y[i] = x[i] * factor + static_cast<float>(step);\n}\n}\n";
}

class VerifyHistory : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    repository_ = std::make_unique<SmallRepository>(kStepSpec, advance());
    auto opened = open_judge(repository_->op(), repository_->baseline(), repository_->options());
    ASSERT_TRUE(opened) << opened.error().message;
    state_ = *std::move(opened);
  }
  static void TearDownTestSuite() {
    state_.reset();
    repository_.reset();
  }

  static Program build(const std::string& source) {
    const Subject subject = repository_->version(source);
    const std::string folder = state_->folders->path_of(state_->op, subject);
    EXPECT_TRUE(state_->folders->write(folder, state_->op, state_->baseline, subject));
    const auto product = state_->folders->build(folder, state_->op, subject, Role::kernel);
    EXPECT_TRUE(product && product->built) << (product ? product->failure : product.error().message);
    return product ? program_of(*product, subject.recipe, Role::kernel) : Program();
  }

  static std::string said(const Result<std::optional<Finding>>& found) {
    if (!found) return "error: " + found.error().message;
    return *found ? (*found)->reason : "";
  }

  /// What a chain of calls says of the source where the contract bounds `step`, or does not.
  static std::string chain(const std::string& source, bool bounded) {
    Operator op = state_->op;
    for (Argument& argument : op.arguments) {
      if (argument.name != "step" || !bounded) continue;
      argument.domain.declared = true;
      argument.domain.kind = Domain::Kind::range;
      argument.domain.low = 1;
      argument.domain.high = 1000;
    }
    return said(verify_chain(op, build(source), state_->exam.workloads.front(), {}, verify_options(*state_)));
  }

  static std::string many_calls(const std::string& source) {
    return said(verify_many_calls(state_->op, build(source), state_->exam.hidden, verify_options(*state_)));
  }

  inline static std::unique_ptr<SmallRepository> repository_;
  inline static std::unique_ptr<JudgeState> state_;
};

TEST_F(VerifyHistory, OnlyIntegersThatTheContractBoundsAreCounted) {
  const std::string table_of_eight = advance("if (step > 7) __builtin_trap();");
  EXPECT_EQ(chain(table_of_eight, false), "") << "nobody has said that 8 is legal";
  EXPECT_NE(chain(table_of_eight, true).find("in a chain of calls on n=300"), std::string::npos);
  EXPECT_EQ(chain(advance(), true), "");
  const std::string follows =
      advance("static std::int32_t last = 0;\n  if (step == last + 1) factor = 3.000001f;\n  last = step;");
  EXPECT_NE(chain(follows, true).find("different bits after other calls"), std::string::npos);
}

TEST_F(VerifyHistory, ManyCallsOfOneShapeAreCheckedAndLeaveNothingBehind) {
  EXPECT_EQ(many_calls(advance()), "");
  const std::string wrong = many_calls(advance("static int calls;\n  if (++calls >= 10) factor = 2;"));
  EXPECT_NE(wrong.find(" of a process"), std::string::npos) << wrong << "; on infinities no factor shows";
  const std::string flushes =
      many_calls(advance("static int calls;\n  if (++calls == 10) _mm_setcsr(_mm_getcsr() | 0x8000);"));
  EXPECT_NE(flushes.find("left the floating-point environment changed"), std::string::npos) << flushes;
}

TEST_F(VerifyHistory, TextsNameTheAxesThatVary) {
  Operator op = state_->op;
  EXPECT_EQ(axes_text(op, {{"n", 31}, {"lanes", 4}}), "n=31");
  op.constants = {{"n", 31}, {"lanes", 4}};
  EXPECT_EQ(axes_text(op, {{"n", 31}, {"lanes", 4}}), "lanes=4 n=31") << "all, where none varies";
}

}  // namespace
}  // namespace ke
