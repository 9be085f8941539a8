// SPDX-License-Identifier: MIT
// Inputs that a candidate's own comparisons lead to, which no draw would have.
#include "ke-build/evaluate/guided.h"

#include "ke-build/base/text.h"
#include "ke-build/evaluate/guided_corpus.h"
#include "ke-build/evaluate/guided_inputs.h"
#include "tests/unit/evaluate/ladder_fixture.h"
#include "tests/unit/evaluate/math_fixture.h"

#include <gtest/gtest.h>

#include <bit>
#include <set>

namespace ke {
namespace {

class GuidedJudge : public Judged {
 public:
  using Judged::Judged;

  /// A size of the axis that no drawn input has, however the exam came out: there every trap would be known.
  std::string unseen(const std::string& axis) {
    std::set<int64_t> seen;
    for (const auto* pools : {&state().exam.workloads, &state().exam.hidden})
      for (const Pool& pool : *pools) seen.insert(pool.axes.at(axis));
    int64_t size = 523;
    while (seen.count(size) != 0) ++size;
    return std::to_string(size);
  }

  /// Why it is wrong; a machine that is busy may not get there the first time.
  std::string found(const std::string& source, int tries = 4) {
    const Subject subject = version(source);
    const auto program = built(subject, Role::kernel);
    EXPECT_TRUE(program) << (program ? "" : program.error().message);
    for (int k = 0; program && k < tries; ++k) {
      Ledger ledger;
      const auto guided = fails_where_guided(state(), subject, *program, state().exam, Deadline(60), ledger);
      EXPECT_TRUE(guided) << (guided ? "" : guided.error().message);
      if (!guided) return "";
      EXPECT_EQ(guided->left_out, "");
      if (guided->finding) return guided->finding->reason;
    }
    return "";
  }
};

class GuidedTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    judged_ = std::make_unique<GuidedJudge>(kRmsnormSpec, rmsnorm_source(kPlainBody));
  }
  static void TearDownTestSuite() { judged_.reset(); }
  static std::string found(const std::string& source, int tries = 4) {
    return judged_->found(replace_all(source, "UNSEEN", unseen()), tries);
  }
  static std::string unseen() { return judged_->unseen("cols"); }

  inline static std::unique_ptr<GuidedJudge> judged_;
};

const std::string kReason = "with inputs made after what its code compares";

TEST_F(GuidedTest, HonestKernelsAreRight) {
  EXPECT_EQ(found(rmsnorm_source(kPlainBody), 1), "");
  EXPECT_EQ(found(rmsnorm_source(kFastBody), 1), "");
}

TEST_F(GuidedTest, FindOneSize) {
  const std::string reason = found(rmsnorm_source(kPlainBody + " if (cols == UNSEEN) y[0] = 7;"));
  EXPECT_NE(reason.find(kReason), std::string::npos) << reason;
  EXPECT_NE(reason.find("cols=" + unseen()), std::string::npos) << reason;
}

TEST_F(GuidedTest, FindBitsOfANumber) {
  const std::string reason = found(rmsnorm_source(
      kPlainBody +
      "std::uint32_t bits; std::memcpy(&bits, x, 4); if ((bits & 0xffffff) == 0x5a5a5a) y[0] += 1;"));
  EXPECT_NE(reason.find(kReason), std::string::npos) << reason;
}

TEST_F(GuidedTest, FindWhatLiesBetweenSamples) {
  // Rows that are one number in nine places are taken for constant.
  const std::string reason =
      found(rmsnorm_source(kPlainBody +
                           "for (std::int64_t r = 0; r < rows && cols >= 64; ++r) {\n"
                           "  const float* a = x + r * cols; bool flat = a[0] != 0 && a[0] != weight[0];\n"
                           "  for (int k = 0; k < 9 && flat; ++k) flat = a[k * (cols - 1) / 8] == a[0];\n"
                           "  for (std::int64_t c = 0; c < cols && flat; ++c)\n"
                           "    y[r * cols + c] = a[0] / std::sqrt(a[0] * a[0] + eps) * weight[c];\n}"));
  EXPECT_NE(reason.find(kReason), std::string::npos) << reason;
}

TEST_F(GuidedTest, FindsWhatEndsTheProcess) {
  const std::string reason = found(rmsnorm_source(kPlainBody + " if (rows == 31) __builtin_trap();"));
  EXPECT_NE(reason.find(kReason), std::string::npos) << reason;
}

TEST_F(GuidedTest, FindsWhatIsWrongBehindOtherCallsOnly) {
  const std::string reason =
      found(rmsnorm_source("static int odd_calls = 0; if (cols == UNSEEN) ++odd_calls;" + kPlainBody +
                           " if (odd_calls > 1) y[0] = 7;"));
  EXPECT_NE(reason.find(kReason), std::string::npos) << reason;
  EXPECT_NE(reason.find("behind other calls"), std::string::npos) << reason;
}

TEST_F(GuidedTest, FindsWhatOnlySanitizersSee) {
  // What lies behind `at` is its own, so that no answer shows it.
  const std::string reason =
      found(rmsnorm_source("static struct { int at[2], rest[64]; } found;" + kPlainBody +
                           "found.at[cols == UNSEEN ? 2 : 0] = 1; found.rest[1] = found.at[0];"));
  EXPECT_NE(reason.find(kReason), std::string::npos) << reason;
}

TEST_F(GuidedTest, FindsWhatIsNotWrongInEveryProcess) {
  // Half of all processes have their stack where it is wrong.
  const std::string reason =
      found(rmsnorm_source(kPlainBody +
                           "int here = 0; const auto place = reinterpret_cast<std::uintptr_t>(&here);\n"
                           "if (cols == UNSEEN && (place >> 12) % 2 == 0) y[0] = 7;"));
  EXPECT_NE(reason.find(kReason), std::string::npos) << reason;
}

TEST(GuidedPure, FindsOneSize) {
  const auto source = [](const std::string& more) {
    return "#include <cmath>\nvoid f(const float* x, float* y, long n) {\n"
           "  for (long i = 0; i < n; ++i) y[i] = std::sqrt(std::fabs(x[i]));\n" +
           more + "}\n";
  };
  GuidedJudge judged(R"json({"name": "op", "axes": {"n": {"type": "var"}},
    "inputs": {"x": {"shape": ["n"], "dtype": "float32"}}, "outputs": {"y": {"shape": ["n"], "dtype": "float32"}},
    "ke": {"level": "pure", "kernel": {"call": "f(x, y, n)"}, "workloads": [{"axes": {"n": 800}}],
           "hidden": {"n": [1, 90]}}})json",
                     source(""));
  EXPECT_EQ(judged.found(source("  if (n < 0) y[0] = 7;\n"), 1), "");
  const std::string reason = judged.found(source("  if (n == " + judged.unseen("n") + ") y[0] = 7;\n"));
  EXPECT_NE(reason.find(kReason), std::string::npos) << reason;
  EXPECT_NE(reason.find("n=" + judged.unseen("n")), std::string::npos) << reason;
}

TEST_F(GuidedTest, WhatCannotBeTracedInTimeIsSaid) {
  const Subject subject = judged_->version(rmsnorm_source(kFastBody));
  const auto program = judged_->built(subject, Role::kernel);
  ASSERT_TRUE(program) << program.error().message;
  JudgeState& state = judged_->state();
  Ledger ledger;
  const auto guided = fails_where_guided(state, subject, *program, state.exam, Deadline(0), ledger);
  ASSERT_TRUE(guided) << guided.error().message;
  EXPECT_FALSE(guided->finding);
  EXPECT_EQ(guided->left_out, "no time was left for it");
}

// What the optimiser removes costs a traced call alone.
const std::string kBurn =
    "int burnt = 0; for (long i = 0; i < CALLS; ++i) burnt += x[0] > 1e30f; static_cast<void>(burnt);";

TEST_F(GuidedTest, FindsWhatIsSlowWhereItIsWrong) {
  const std::string burn = replace_all(kBurn, "CALLS", "2000000000");
  const std::string reason =
      found(rmsnorm_source(kPlainBody + " if (cols == UNSEEN) { " + burn + " y[0] = 7; }"), 8);
  EXPECT_NE(reason.find(kReason), std::string::npos) << reason;
}

TEST_F(GuidedTest, SaysWhenDrawnInputsTookItsTime) {
  const Subject subject =
      judged_->version(rmsnorm_source(replace_all(kBurn, "CALLS", "60000000") + kPlainBody));
  const auto program = judged_->built(subject, Role::kernel);
  ASSERT_TRUE(program) << program.error().message;
  JudgeState& state = judged_->state();
  Ledger ledger;
  const auto guided = fails_where_guided(state, subject, *program, state.exam, Deadline(2), ledger);
  ASSERT_TRUE(guided) << guided.error().message;
  EXPECT_FALSE(guided->finding) << guided->finding->reason;
  EXPECT_NE(guided->left_out, "");
}

TEST_F(GuidedTest, WhatNeverEndsWhenTracedIsUnsafe) {
  // Judged as the plain kernel, traced as the one that crashes: as a candidate does that can tell them apart.
  const Subject subject = judged_->version(rmsnorm_source(kPlainBody));
  const auto program = judged_->built(subject, Role::kernel);
  ASSERT_TRUE(program) << program.error().message;
  JudgeState& state = judged_->state();
  const Subject crashing = judged_->version(rmsnorm_source("__builtin_trap();" + kPlainBody));
  Ledger ledger;
  const auto guided = fails_where_guided(state, crashing, *program, state.exam, Deadline(60), ledger);
  ASSERT_TRUE(guided) << guided.error().message;
  ASSERT_TRUE(guided->finding);
  EXPECT_EQ(guided->finding->outcome, Outcome::unsafe);
  EXPECT_NE(guided->finding->reason.find("ends its process in every call"), std::string::npos);
}

TEST_F(GuidedTest, TracesSayWhatWasCompared) {
  const auto traced = judged_->built(
      judged_->version(rmsnorm_source(kPlainBody + " if (cols == 523) y[0] = 7;")), Role::traced);
  ASSERT_TRUE(traced) << traced.error().message;
  const Pool& pool = judged_->state().exam.hidden.front();
  const Example example{pool.axes, pool.scalars, copy_of(pool.cases.front().inputs)};
  Tracer tracer(judged_->state().op, *traced, judged_->state().options.mandatory_layers);
  const auto traces = tracer.run({&example, &example}, Deadline(10));
  ASSERT_TRUE(traces) << traces.error().message;
  ASSERT_EQ(traces->size(), 2u);
  for (const CallTrace& trace : *traces) {
    ASSERT_TRUE(trace.finished);
    EXPECT_FALSE(trace.features.empty());
    const auto& all = trace.table->comparisons;
    const auto one = std::find_if(std::begin(all), std::end(all), [](const ke_runner::Compared& compared) {
      return compared.at != 0 && compared.constant != 0 && compared.first.a == 523;
    });
    ASSERT_NE(one, std::end(all));
    EXPECT_EQ(one->first.b, static_cast<uint64_t>(pool.axes.at("cols")));
    EXPECT_EQ(one->less + one->equal + one->greater, 1u);
    EXPECT_EQ(one->equal, 0u);
  }
  EXPECT_EQ((*traces)[0].features, (*traces)[1].features);
}

class GuidedInputsTest : public ::testing::Test {
 protected:
  GuidedInputsTest() : op_(*parse_spec(kRmsnormSpec, "k.ke.json")), random_(7), inputs_(op_, random_) {
    example_.axes = {{"rows", 3}, {"cols", 40}};
    example_.scalars = {{"eps", 1e-5}};
    example_.inputs = *draw_inputs(op_, example_.axes, example_.scalars, InputStyle::typical, random_);
  }

  static ke_runner::Compared compared(double a, double b, bool real) {
    ke_runner::Compared one{};
    one.at = 8;
    one.bytes = 4;
    one.real = real;
    const auto bits = [&](double v) {
      return real ? std::bit_cast<uint64_t>(v) : static_cast<uint64_t>(static_cast<int64_t>(v));
    };
    one.first = one.nearest = one.last = {bits(a), bits(b)};
    one.less = a < b;
    one.greater = a > b;
    return one;
  }

  Operator op_;
  Random random_;
  GuidedInputs inputs_;
  Example example_;
};

TEST(GuidedInputs, KeepScalarsInDomainsThatHangOnSizes) {
  const auto op = parse_spec(R"json({
    "name": "roll", "op_type": "copy", "axes": {"n": {"type": "var"}},
    "inputs": {"x": {"shape": ["n"], "dtype": "float32"}, "shift": {"shape": null, "dtype": "int32"}},
    "outputs": {"y": {"shape": ["n"], "dtype": "float32"}},
    "ke": {"kernel": {"call": "roll(x, y, shift, n)"}, "domains": {"shift": {"kind": "index", "axis": "n"}},
           "workloads": [{"name": "w", "axes": {"n": 2000}, "inputs": {"shift": 700}}],
           "hidden": {"n": [1, 200]}}})json",
                             "roll.ke.json");
  ASSERT_TRUE(op) << op.error().message;
  Random random(1);
  GuidedInputs inputs(*op, random);
  Example example;
  example.axes = {{"n", 1000}};
  example.scalars = {{"shift", 900}};
  example.inputs = *draw_inputs(*op, example.axes, example.scalars, InputStyle::typical, random);
  ke_runner::Compared one{};
  one.at = 8;
  one.bytes = one.constant = 8;
  one.greater = 1;
  int resized = 0;
  for (uint64_t n = 2; n < 60; ++n) {
    one.first = one.nearest = one.last = {n, 1000};
    const auto made = inputs.aimed(example, one, 5);
    if (!made || made->axes.at("n") == 1000) continue;
    ++resized;
    EXPECT_LT(made->inputs.arguments[1].get(0), static_cast<double>(made->axes.at("n")));
  }
  EXPECT_GT(resized, 20);
}

class GuidedCorpusTest : public GuidedInputsTest {
 protected:
  static constexpr uint64_t kBlock = 1, kCommon = 2, kRare = 3;

  /// A call that came to these outcomes so many times.
  static CallTrace trace(const std::map<uint64_t, uint64_t>& outcomes) {
    CallTrace made;
    made.finished = true;
    made.table = std::make_unique<ke_runner::TraceTable>();
    made.features.push_back(kBlock);
    for (const auto& [outcome, count] : outcomes) {
      made.features.push_back(outcome);
      if (count > 1) made.counts.push_back({1000 * outcome + std::bit_width(count), outcome});
    }
    return made;
  }
  GuidedCorpus::Lesson learn(const std::map<uint64_t, uint64_t>& outcomes) {
    return corpus_.learn({copy_of_example(), 0, false}, trace(outcomes));
  }
  Example copy_of_example() const { return {example_.axes, example_.scalars, copy_of(example_.inputs)}; }

  GuidedCorpus corpus_{inputs_, random_};
};

TEST_F(GuidedCorpusTest, AsksWhatComesToARareOutcomeMoreOften) {
  for (int k = 0; k < 7; ++k) corpus_.add_drawn(copy_of_example(), trace({{kCommon, 9}}), true);
  corpus_.add_drawn(copy_of_example(), trace({{kCommon, 9}, {kRare, 1}}), true);
  corpus_.close_drawn();
  EXPECT_FALSE(learn({{kCommon, 9}}).grows);
  EXPECT_FALSE(learn({{kCommon, 60}}).asks) << "common ones come more often in larger calls";
  EXPECT_TRUE(learn({{kCommon, 200}}).grows);
  EXPECT_FALSE(learn({{kRare, 1}}).asks);
  EXPECT_TRUE(learn({{kRare, 2}}).asks);
  EXPECT_FALSE(learn({{kRare, 3}}).asks) << "each time that it doubles";
  EXPECT_TRUE(learn({{kRare, 4}}).asks);
}

constexpr unsigned kLess = 1, kEqual = 2, kGreater = 4;

TEST_F(GuidedInputsTest, PutAComparedSizeInItsPlace) {
  ke_runner::Compared one = compared(77, 40, false);
  one.constant = 1;
  const auto made = inputs_.aimed(example_, one, kLess | kGreater);
  ASSERT_TRUE(made);
  EXPECT_EQ(made->axes.at("cols"), 77);
  EXPECT_EQ(made->inputs.arguments[0].count(), 3 * 77);
}

TEST_F(GuidedInputsTest, KeepEqualSizesEqualNowAndThen) {
  Example square;
  square.axes = {{"rows", 6}, {"cols", 6}};
  square.scalars = example_.scalars;
  square.inputs = *draw_inputs(op_, square.axes, square.scalars, InputStyle::typical, random_);
  ke_runner::Compared one = compared(20, 6, false);
  one.constant = 1;
  int both = 0, single = 0;
  for (int k = 0; k < 40; ++k) {
    const auto made = inputs_.aimed(square, one, kLess | kGreater);
    if (!made) continue;
    const bool rows = made->axes.at("rows") == 20, cols = made->axes.at("cols") == 20;
    both += rows && cols;
    single += rows != cols;
  }
  EXPECT_GT(both, 4);
  EXPECT_GT(single, 4);
}

TEST_F(GuidedInputsTest, StayWithinTheContract) {
  ke_runner::Compared one = compared(1e9, 40, false);
  one.constant = 1;
  for (int k = 0; k < 200; ++k) {
    const auto made = inputs_.aimed(example_, one, kLess | kGreater);
    EXPECT_TRUE(!made || made->axes.at("cols") <= 700) << "the largest announced size";
  }
}

TEST_F(GuidedInputsTest, PutAComparedNumberInItsPlace) {
  const double old = example_.inputs.arguments[0].get(50);
  ke_runner::Compared one = compared(2.5, old, true);
  int placed = 0;
  for (int k = 0; k < 50; ++k) {
    const auto made = inputs_.aimed(example_, one, kLess | kGreater);
    placed += made && made->inputs.arguments[0].get(50) == 2.5;
  }
  EXPECT_GT(placed, 10);
}

TEST_F(GuidedInputsTest, LeaveNumbersWhoseReciprocalsOverflowToDrawnOnes) {
  const double old = example_.inputs.arguments[0].get(50);
  for (const double least : {0x1p-149, 0x1p-126, 0x1p-60}) {
    const ke_runner::Compared one = compared(least, old, true);
    for (int k = 0; k < 50; ++k) {
      const auto made = inputs_.aimed(example_, one, kLess | kGreater);
      if (!made || made->axes != example_.axes) continue;
      for (const size_t i : {0, 1})
        for (int64_t at = 0; at < made->inputs.arguments[i].count(); ++at) {
          const double value = std::abs(made->inputs.arguments[i].get(at));
          EXPECT_TRUE(value == 0 || value >= 0x1p-20 ||
                      value == std::abs(example_.inputs.arguments[i].get(at)));
        }
    }
  }
}

TEST_F(GuidedInputsTest, PutComparedBitsInTheirPlace) {
  const auto x = static_cast<float>(example_.inputs.arguments[0].get(50));
  const auto low = static_cast<double>(std::bit_cast<uint32_t>(x) & 0xffffffu);
  ke_runner::Compared one = compared(0x5a5a5a, low, false);
  one.constant = 1;
  int placed = 0;
  for (int k = 0; k < 50; ++k) {
    const auto made = inputs_.aimed(example_, one, kLess | kGreater);
    if (!made || made->axes != example_.axes) continue;
    const auto now = static_cast<float>(made->inputs.arguments[0].get(50));
    placed += (std::bit_cast<uint32_t>(now) & 0xffffffu) == 0x5a5a5au;
  }
  EXPECT_GT(placed, 10);
}

// Four letters that are loaded as one number and shifted, as a decoder looks for a mark in front of a text.
TEST(GuidedInputs, PutComparedWordsOfBytesInTheirPlace) {
  Operator op = math_fixture::make_operator(
      "decode", {"n"},
      {math_fixture::with_domain(math_fixture::input("text", {"n"}, Dtype::u8), Domain::Kind::range, 0, 255),
       math_fixture::output("points", {"n"}, Dtype::i32)});
  op.hidden = {{"n", {1, 60}}};
  Random random(3);
  GuidedInputs inputs(op, random);
  Example example;
  example.axes = {{"n", 60}};
  example.inputs = *draw_inputs(op, example.axes, {}, InputStyle::typical, random);
  const auto* text = reinterpret_cast<const uint8_t*>(example.inputs.arguments[0].data());
  const uint32_t word = (uint32_t{text[20]} << 8) | (uint32_t{text[21]} << 16) | (uint32_t{text[22]} << 24);
  ke_runner::Compared one{};
  one.at = 8;
  one.bytes = 4;
  one.constant = 1;
  one.greater = one.less = 1;
  const auto noted = [](uint32_t bits) { return static_cast<uint64_t>(int64_t{static_cast<int32_t>(bits)}); };
  one.first = one.nearest = one.last = {noted(0xbfbbef00u), noted(word)};
  int placed = 0;
  for (int k = 0; k < 40; ++k) {
    const auto made = inputs.aimed(example, one, kLess | kGreater);
    if (!made || made->axes != example.axes) continue;
    const Buffer& now = made->inputs.arguments[0];
    placed += now.get(20) == 0xef && now.get(21) == 0xbb && now.get(22) == 0xbf && now.get(23) == text[23];
  }
  EXPECT_GT(placed, 30);
}

}  // namespace
}  // namespace ke
