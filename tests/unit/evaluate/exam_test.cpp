// SPDX-License-Identifier: MIT
// Draws of secret data: both halves at the same time, and yet what a seed says.
#include "ke-build/evaluate/exam.h"

#include "ke-build/base/random.h"
#include "ke-build/evaluate/bench.h"
#include "ke-build/evaluate/judge_state.h"
#include "ke-build/evaluate/verify_mixture.h"
#include "tests/unit/evaluate/ladder_fixture.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <thread>

#include <sched.h>

namespace ke {
namespace {

std::string bytes_of(const Case& one) {
  std::string bytes;
  for (const Buffer& buffer : one.inputs.arguments)
    bytes.append(reinterpret_cast<const char*>(buffer.data()), static_cast<size_t>(buffer.size_bytes()));
  return bytes;
}

// The inputs of the first cases of each pool; how many there are may hang on how fast the machine is.
std::vector<std::string> first_inputs(const std::vector<Pool>& pools, size_t cases) {
  std::vector<std::string> inputs;
  for (const Pool& pool : pools)
    for (size_t i = 0; i < std::min(cases, pool.cases.size()); ++i) inputs.push_back(bytes_of(pool.cases[i]));
  return inputs;
}

class ExamTest : public ::testing::Test {
 protected:
  ExamTest() : repository_(kRmsnormSpec, rmsnorm_source(kPlainBody)) {}

  std::unique_ptr<JudgeState> open(uint64_t seed) {
    EvaluateOptions options = repository_.options();
    options.secret = false;
    options.seed = seed;
    options.pool_s = 10;
    auto state = open_judge(repository_.op(), repository_.baseline(), options);
    EXPECT_TRUE(state) << state.error().message;
    return state ? *std::move(state) : nullptr;
  }

  SmallRepository repository_;
};

TEST_F(ExamTest, BothHalvesAreWhatTheSeedSays) {
  const auto one = open(3), again = open(3), other = open(4);
  ASSERT_TRUE(one && again && other);
  EXPECT_EQ(first_inputs(one->exam.workloads, 20), first_inputs(again->exam.workloads, 20));
  EXPECT_EQ(first_inputs(one->exam.hidden, 2), first_inputs(again->exam.hidden, 2));
  EXPECT_EQ(first_inputs(one->exam.lengths, 1), first_inputs(again->exam.lengths, 1));
  EXPECT_NE(first_inputs(one->exam.workloads, 20), first_inputs(other->exam.workloads, 20));
  EXPECT_NE(first_inputs(one->exam.hidden, 2), first_inputs(other->exam.hidden, 2));
}

// A runner ends with the thread that has started it; whoever asks then must not get the dead one.
TEST_F(ExamTest, AReferenceOutlivesTheThreadThatAskedItFirst) {
  const auto state = open(6);
  ASSERT_TRUE(state);
  const Pool& known = state->exam.workloads.front();
  const std::vector<const Inputs*> inputs = {&known.cases.front().inputs};
  ReferenceProgram reference = state->reference->another();
  std::thread([&] { EXPECT_TRUE(reference.expected(known.axes, inputs)); }).join();
  const auto answers = reference.expected(known.axes, inputs);
  ASSERT_TRUE(answers) << answers.error().message;
  EXPECT_EQ(answers->front().front().real, known.cases.front().plan.expected().front().real);
}

TEST_F(ExamTest, AFreshOneRepeatsNothingAndHasAllThatTheFirstHas) {
  const auto state = open(5);
  ASSERT_TRUE(state);
  Random random(17);
  const auto fresh = draw_exam(*state, random, Deadline(600));
  ASSERT_TRUE(fresh) << fresh.error().message;
  const auto all = [](const Exam& exam) {
    std::vector<std::string> inputs = first_inputs(exam.workloads, 1000);
    for (std::string& bytes : first_inputs(exam.hidden, 1000)) inputs.push_back(std::move(bytes));
    return std::set<std::string>(inputs.begin(), inputs.end());
  };
  const std::set<std::string> before = all(state->exam), now = all(*fresh);
  size_t common = 0;
  for (const std::string& bytes : now) common += bytes.size() > 256 ? before.count(bytes) : 0;
  EXPECT_EQ(common, 0u);
  ASSERT_EQ(fresh->workloads.size(), state->exam.workloads.size());
  EXPECT_EQ(fresh->workloads[0].batch, state->exam.workloads[0].batch);
  EXPECT_GE(2 * fresh->workloads[0].cases.size(), state->exam.workloads[0].cases.size());
  EXPECT_FALSE(fresh->lengths.empty());
  EXPECT_TRUE(fresh->baseline_errors.has_value());
}

const char* const kSineSpec = R"json({
  "name": "sine", "axes": {"n": {"type": "var"}},
  "inputs": {"x": {"shape": ["n"], "dtype": "float32"}}, "outputs": {"y": {"shape": ["n"], "dtype": "float32"}},
  "ke": {"kernel": {"language": "cpp", "entry": "sine", "call": "ops::sine(x, y, n)"},
         "workloads": [{"name": "some", "axes": {"n": 700}}], "hidden": {"n": [1, 130]}}
})json";

// An angle that is rounded before its sine is taken: up to five roundoffs where the sums allow nine.
TEST(Exam, IsWidenedWhereTheKernelItselfErrsByMuchOfItsBound) {
  const SmallRepository repository(kSineSpec, R"(#include <cmath>
namespace ops {
void sine(const float* x, float* y, long n) {
  for (long i = 0; i < n; ++i) y[i] = std::sin(3.3f * x[i]);
}
}
)");
  EvaluateOptions options = repository.options();
  options.secret = false;
  const auto state = open_judge(repository.op(), repository.baseline(), options);
  ASSERT_TRUE(state) << state.error().message;
  const JudgeState& judge = **state;
  const double factor = judge.op.tolerance.factor / repository.op().tolerance.factor;
  EXPECT_GT(factor, 1);
  EXPECT_LE(factor, 4);
  ASSERT_EQ(std::count_if(judge.notes.begin(), judge.notes.end(),
                          [](const std::string& note) {
                            return note.find("its own errors reach") != std::string::npos;
                          }),
            1);
  Random random(3);
  const Pool& fresh = judge.exam.workloads.front();
  const Case& known = fresh.cases.front();
  const auto plans = judge.reference->plans(fresh.axes, {&known.inputs}, known.style, random);
  ASSERT_TRUE(plans) << plans.error().message;
  for (int64_t i = 0; i < 700; ++i)
    EXPECT_NEAR(known.plan.bound(0, i), plans->front().bound(0, i), 0.25 * plans->front().bound(0, i)) << i;
  ASSERT_TRUE(judge.exam.baseline_errors);
  EXPECT_LE(judge.exam.baseline_errors->max, 0.5) << "in units of the wider bound";
}

// In the place of the kernel's build with other roundings: one whose sums end early.
TEST_F(ExamTest, WhatTheKernelItselfMissesAtAnEndOfItsFormatIsNoEvidence) {
  const auto state = open(7);
  ASSERT_TRUE(state);
  ASSERT_TRUE(state->relaxed) << "the kernel was not built with other roundings";
  std::string body = kPlainBody;
  const std::string step = "x[r * cols + c] * x[r * cols + c]";
  body.replace(body.find(step), step.size(), "x[r * cols + c] * 1e36f * (x[r * cols + c] * 1e-36f)");
  const Subject early = repository_.version(rmsnorm_source(body));
  const auto product =
      state->folders->build(state->folders->path_of(state->op, early), state->op, early, Role::kernel);
  ASSERT_TRUE(product && product->built);
  Random random(3);
  const auto kept = [&](ReferenceProgram& reference, InputStyle style) {
    Pool pool;
    pool.axes = {{"rows", 4}, {"cols", 40}};
    pool.scalars = {{"eps", 1e-5}};
    EXPECT_TRUE(add_cases(pool, reference, style, 20, random));
    return pool.cases.size();
  };
  ReferenceProgram own = state->reference->another(), other = state->reference->another();
  other.set_rounded(program_of(*product, early.recipe, Role::kernel));
  EXPECT_EQ(kept(own, InputStyle::typical), 20u);
  EXPECT_EQ(kept(other, InputStyle::typical), 20u);
  EXPECT_GT(kept(own, InputStyle::rescaled), kept(other, InputStyle::rescaled) + 2);
  EXPECT_EQ(kept(other, InputStyle::heavy_tail), 20u) << "that is no end of the format";
}

// Large arrays have few sets, and one of them is remembered as easily as one of hundreds.
TEST_F(ExamTest, FewSetsHaveANearCopyToo) {
  const auto state = open(7);
  ASSERT_TRUE(state);
  Pool pool;
  pool.axes = state->exam.workloads.front().axes;
  pool.scalars = state->exam.workloads.front().scalars;
  Random random(5);
  ASSERT_TRUE(fill_pool(pool, *state->reference, 3, state->options, random));
  EXPECT_EQ(pool.cases.size(), 4u);
  EXPECT_EQ(std::count_if(pool.cases.begin(), pool.cases.end(), [](const Case& one) { return one.copied; }),
            1);
}

TEST_F(ExamTest, NearCopiesComeRightBehindTheirOriginals) {
  const auto state = open(8);
  ASSERT_TRUE(state);
  Random random(5);
  const std::vector<Shown> shown = mixture(state->op, state->exam.hidden, int64_t{1} << 30, random);
  size_t cases = 0, behind = 0, copies = 0;
  for (const Pool& pool : state->exam.hidden) cases += pool.cases.size();
  EXPECT_EQ(shown.size(), cases);
  std::set<uint64_t> families;
  for (size_t i = 0; i < shown.size(); ++i) {
    const uint64_t family = shown[i].example->family;
    if (family == 0 || families.insert(family).second) continue;
    ++copies;
    behind += shown[i - 1].example->family == family;
  }
  EXPECT_GT(copies, 0u);
  EXPECT_EQ(behind, copies);
}

// Two processors in the machine are no second core for who may use one of them.
TEST_F(ExamTest, TheJudgeSpinsOnlyWhereACoreIsLeftForIt) {
  cpu_set_t before, one;
  ASSERT_EQ(sched_getaffinity(0, sizeof before, &before), 0);
  Pool pool;
  pool.call_s = 1e-6;
  CPU_ZERO(&one);
  CPU_SET(sched_getcpu(), &one);
  ASSERT_EQ(sched_setaffinity(0, sizeof one, &one), 0);
  EXPECT_FALSE(may_spin(repository_.op(), pool));
  ASSERT_EQ(sched_setaffinity(0, sizeof before, &before), 0);
  EXPECT_EQ(may_spin(repository_.op(), pool), CPU_COUNT(&before) > 1);
}

}  // namespace
}  // namespace ke
