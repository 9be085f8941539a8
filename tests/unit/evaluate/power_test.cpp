// SPDX-License-Identifier: MIT
// The check against honest kernels, which it must accept in every style, and against dishonest ones, which it
// must not.
#include "ke-build/evaluate/power.h"

#include "tests/unit/evaluate/honest_families.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <tuple>

namespace ke {
namespace {

using namespace math_fixture;

Inputs draw(const Honest& honest, InputStyle style, uint64_t seed) {
  Random random(seed);
  auto inputs = draw_inputs(honest.op, honest.axes, {}, style, random);
  KE_CHECK(inputs.has_value());
  return *std::move(inputs);
}

TEST(HonestKernels, AreAcceptedWhateverTheirOrderOfSummation) {
  for (const Honest& honest : honest_kernels()) {
    for (InputStyle style : legal_styles(honest.op)) {
      const Inputs inputs = draw(honest, style, 1);
      const CheckPlan plan = plan_of(honest, inputs, style);
      // Squares of subnormals underflow in float, those of giants overflow: where the baseline itself
      // misses, the judge drops the style.
      const bool extreme = style == InputStyle::tiny || style == InputStyle::extremes ||
                           style == InputStyle::giants || style == InputStyle::rescaled;
      if (extreme && !plan.check(pointers(candidate_of(honest, inputs, 1))).ok) continue;
      for (int lanes : {1, 2, 8, 64}) {
        const auto outputs = candidate_of(honest, inputs, lanes);
        const CheckResult result = plan.check(pointers(outputs));
        EXPECT_TRUE(result.ok) << honest.op.name << ", " << name_of(style) << ", " << lanes
                               << " lanes: " << result.reason;
      }
    }
  }
}

// A draw that float as such does not survive is dropped by the judge: exp() overflows, squares vanish.
void expect_accepted(const Honest& honest, InputStyle style, uint64_t seeds, const std::string& what = "") {
  uint64_t survived = 0;
  for (uint64_t seed = 1; seed <= seeds; ++seed) {
    const Inputs inputs = draw(honest, style, seed);
    const CheckPlan plan = plan_of(honest, inputs, style);
    if (!plan.check(pointers(candidate_of(honest, inputs, 1))).ok) continue;
    ++survived;
    const CheckResult result = plan.check(pointers(candidate_of(honest, inputs, 8)));
    EXPECT_TRUE(result.ok) << honest.op.name << " " << what << ", " << name_of(style) << ", seed " << seed
                           << ": " << result.reason;
  }
  if (style == InputStyle::typical) {
    EXPECT_GE(2 * survived, seeds) << honest.op.name << " " << what << ": the draws try nothing";
  }
}

TEST(HonestKernels, OfManyFamiliesAreAcceptedDrawAfterDraw) {
  for (const Honest& honest : honest_families())
    for (InputStyle style : legal_styles(honest.op)) expect_accepted(honest, style, 20);
}

// A mean of two may be nearly both of them.
TEST(HonestKernels, OfManyFamiliesAreAcceptedInShortRows) {
  for (Honest honest : honest_families()) {
    if (honest.axes.count("cols") == 0) continue;
    for (const int64_t cols : {2, 3, 5}) {
      honest.axes["cols"] = cols;
      expect_accepted(honest, InputStyle::typical, 40, std::to_string(cols) + " columns");
    }
  }
}

TEST(HonestKernels, OfManyFamiliesAreAcceptedInOtherFormats) {
  for (const Dtype dtype : {Dtype::f64, Dtype::bf16, Dtype::f16}) {
    for (Honest honest : honest_families()) {
      for (Argument& argument : honest.op.arguments) argument.dtype = dtype;
      for (InputStyle style : legal_styles(honest.op)) expect_accepted(honest, style, 5, name_of(dtype));
    }
  }
}

// Two products of the large elements may cancel where all the neighbours are zero.
TEST(HonestKernels, AreAcceptedWhereFewLargeTermsCancel) {
  const Honest window = honest(window_operator(), {{"pixels", 19}, {"channels", 35}, {"taps", 25}}, Window{});
  for (InputStyle style : {InputStyle::one_hot, InputStyle::spikes, InputStyle::heavy_tail}) {
    for (uint64_t seed = 1; seed <= 300; ++seed) {
      const Inputs inputs = draw(window, style, seed);
      const CheckPlan plan = plan_of(window, inputs, style);
      for (int lanes : {1, 8}) {
        const CheckResult result = plan.check(pointers(candidate_of(window, inputs, lanes)));
        EXPECT_TRUE(result.ok) << name_of(style) << ", seed " << seed << ", " << lanes
                               << " lanes: " << result.reason;
      }
    }
  }
}

// Of two scores far above the others only the difference counts, and one direction may move it hardly at all.
TEST(HonestKernels, AreAcceptedWhereARowHangsOnOneDifference) {
  const Honest kernel = attention();
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    const Inputs inputs = draw(kernel, InputStyle::heavy_tail, seed);
    const CheckPlan plan = plan_of(kernel, inputs, InputStyle::heavy_tail);
    for (int lanes : {1, 8}) {
      const CheckResult result = plan.check(pointers(candidate_of(kernel, inputs, lanes)));
      EXPECT_TRUE(result.ok) << "seed " << seed << ", " << lanes << " lanes: " << result.reason;
    }
  }
}

/// The price of an option: two products of sizes that hang on all inputs, and their difference.
struct Price {
  template <class T>
  void operator()(const std::vector<std::vector<T>>& in, std::vector<std::vector<T>>& out, const Axes& axes,
                  int lanes) const {
    for (int64_t i = 0; i < axes.at("n"); ++i) {
      const auto at = static_cast<size_t>(i);
      const T spot = in[0][at], strike = in[1][at], years = in[2][at], spread = in[3][at] * std::sqrt(years);
      const T first = (std::log(spot / strike) + T(0.5) * in[3][at] * in[3][at] * years) / spread;
      const auto below = [](T x) { return T(0.5) * std::erfc(x * T(0.70710678)); };
      const T minus = spot * below(first), plus = strike * std::exp(T(-0.03) * years);
      const T share = below(first - spread);
      out[0][at] = lanes == 1 ? plus * share - minus : std::fma(plus, share, -minus);
    }
  }
};

TEST(HonestKernels, AreAcceptedWhereTwoProductsOfAnElementNearlyCancel) {
  std::vector<Argument> arguments;
  for (const auto& [name, low, high] : {std::tuple{"spot", 10.0, 200.0}, std::tuple{"strike", 10.0, 200.0},
                                        std::tuple{"years", 0.1, 3.0}, std::tuple{"volatility", 0.1, 0.6}}) {
    Argument argument = input(name, {"n"});
    argument.domain.kind = Domain::Kind::range;
    argument.domain.low = low;
    argument.domain.high = high;
    arguments.push_back(argument);
  }
  arguments.push_back(output("price", {"n"}));
  const Honest price = honest(make_operator("price", {"n"}, arguments), {{"n", 60}}, Price{});
  for (const InputStyle style :
       {InputStyle::typical, InputStyle::sorted, InputStyle::small_integers, InputStyle::runs})
    expect_accepted(price, style, 200);
}

/// A recursive filter that takes slow changes out: what its state loses goes round in it and is slow, so no
/// change of its input shows as much. Two lanes stand for fused multiply-adds, four for another order.
struct Filter {
  template <class T>
  void operator()(const std::vector<std::vector<T>>& in, std::vector<std::vector<T>>& out, const Axes& axes,
                  int lanes) const {
    const auto channels = static_cast<size_t>(axes.at("channels")), n = static_cast<size_t>(axes.at("n"));
    const T b1 = -2, a1 = T(1.75), a2 = T(-0.765625);  // exact in every format
    for (size_t c = 0; c < channels; ++c) {
      T first = 0, second = 0;
      for (size_t i = 0; i < n; ++i) {
        const T v = in[0][c * n + i], y = v + first;
        first = lanes == 1   ? b1 * v + a1 * y + second
                : lanes == 2 ? std::fma(a1, y, std::fma(b1, v, second))
                             : (a1 * y + second) + b1 * v;
        second = lanes == 2 ? std::fma(a2, y, v) : v + a2 * y;
        out[0][c * n + i] = y;
      }
    }
  }
};

TEST(HonestKernels, AreAcceptedWhereTheirOwnStateCarriesRoundingsOn) {
  const std::vector<std::string> rows = {"channels", "n"};
  Operator op = make_operator("filter", {"channels", "n"}, {input("x", rows), output("y", rows)});
  op.tolerance.reduction = "8";
  const Honest filter = honest(op, {{"channels", 16}, {"n", 480}}, Filter{});
  int blind = 0;
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    const InputStyle style = InputStyle::graded;
    const Inputs inputs = draw(filter, style, seed);
    ExpectedOutput contracted{1, {}, {}};
    const auto outputs = candidate_of(filter, inputs, 2);
    for (int64_t i = 0; i < outputs.front().count(); ++i) contracted.real.push_back(outputs.front().get(i));
    const Expected rounded = {contracted};
    const CheckPlan knows = plan_of(filter, inputs, style, &rounded);
    const CheckPlan does_not = plan_of(filter, inputs, style);
    for (const int lanes : {1, 2, 4}) {
      const auto candidate = candidate_of(filter, inputs, lanes);
      const CheckResult result = knows.check(pointers(candidate));
      EXPECT_TRUE(result.ok) << "seed " << seed << ", " << lanes << " lanes: " << result.reason;
      blind += !does_not.check(pointers(candidate)).ok;
    }
  }
  EXPECT_GT(blind, 0) << "nothing here wants to know of other roundings";
}

TEST(HonestKernels, StayWellInsideTheBoundOnTypicalInputs) {
  for (const Honest& honest : honest_kernels()) {
    const Inputs inputs = draw(honest, InputStyle::typical, 7);
    const CheckPlan plan = plan_of(honest, inputs, InputStyle::typical);
    for (int lanes : {1, 8})
      EXPECT_LT(plan.errors(pointers(candidate_of(honest, inputs, lanes))).max, 0.6) << honest.op.name;
  }
}

TEST(Power, TriesLowerSumsOnlyWhereTheyShow) {
  const Operator op = make_operator("sum", {"n"}, {input("x", {"n"}), output("y", {"n"})});
  Random random(1);
  const Expected right = expect_real(1, {1, 2, 3});
  const auto tried = [&](const Expected& summed) {
    for (const Degradation& d : degrade(op, {{"n", 3}}, right, nullptr, nullptr, random, &summed))
      if (d.name == "lower_precision_sums") return true;
    return false;
  };
  EXPECT_FALSE(tried(expect_real(1, {1, 2 + 0x1p-22, 3}))) << "float rounds like that by itself";
  EXPECT_TRUE(tried(expect_real(1, {1, 2 + 0x1p-8, 3})));
}

TEST(Power, TakesNoTieForALostSum) {
  const Operator op = make_operator("round", {"n"}, {input("x", {"n"}), output("q", {"n"}, Dtype::i8)});
  Random random(1);
  ExpectedOutput right, tie, lost;
  right.argument = tie.argument = lost.argument = 1;
  for (int i = 0; i < 1000; ++i) {
    right.integer.push_back(i % 100);
    tie.integer.push_back(i == 7 ? 8 : i % 100);
    lost.integer.push_back(i % 20 == 7 ? 0 : i % 100);
  }
  const auto tried = [&](const ExpectedOutput& summed) {
    const Expected answer = {summed};
    for (const Degradation& d : degrade(op, {{"n", 1000}}, {right}, nullptr, nullptr, random, &answer))
      if (d.name == "lower_precision_sums") return true;
    return false;
  };
  EXPECT_FALSE(tried(tie));
  EXPECT_TRUE(tried(lost));
}

TEST(Power, SaysWhichDegradationPassesAndWhatToChange) {
  Operator op = make_operator("nearly", {"n"}, {input("x", {"n"}), output("y", {"n"})});
  op.tolerance.kind = Tolerance::Kind::absolute;
  op.tolerance.atol = 0.5;
  Inputs inputs;
  inputs.arguments.emplace_back(Dtype::f32, 40);
  inputs.arguments.emplace_back();
  std::vector<double> values(40);
  for (int i = 0; i < 40; ++i) inputs.arguments[0].set(i, values[static_cast<size_t>(i)] = 10 + i);
  for (double& value : values) value += 0.25;
  const auto plan = CheckPlan::make(op, {{"n", 40}}, expect_real(1, values));
  ASSERT_TRUE(plan);
  Random random(3);
  const auto wrong = degrade(op, {{"n", 40}}, plan->expected(), nullptr, nullptr, random, nullptr, &inputs);
  const PowerResult power = power_check(*plan, wrong);
  EXPECT_EQ(power.passed, std::vector<std::string>{"input_copy of x"});
  EXPECT_NE(power.reason.find("input_copy of x: widen $.ke.domains"), std::string::npos) << power.reason;
}

TEST(Power, NoDegradationPassesOnTypicalInputs) {
  for (const Honest& honest : honest_kernels()) {
    Random random(5);
    const Inputs inputs = draw(honest, InputStyle::typical, 11),
                 other = draw(honest, InputStyle::typical, 12);
    const CheckPlan plan = plan_of(honest, inputs, InputStyle::typical);
    bool changed = false;
    const Expected previous = expected_of(honest, other),
                   lower = expected_of(honest, lower_precision(honest.op, inputs, &changed));
    EXPECT_TRUE(changed) << honest.op.name;
    const auto degradations = degrade(honest.op, honest.axes, plan.expected(), &previous, &lower, random);
    EXPECT_GE(degradations.size(), 5u) << honest.op.name;
    const PowerResult power = power_check(plan, degradations);
    EXPECT_TRUE(power.ok) << honest.op.name << ": " << power.reason;
  }
}

TEST(Power, SaysWhatPassesAnIdleCheck) {
  Operator op = gemm();
  op.tolerance.kind = Tolerance::Kind::absolute;
  op.tolerance.atol = 1e6;
  const Axes axes = {{"m", 8}, {"n", 8}, {"k", 8}};
  std::vector<double> values;
  for (int i = 0; i < 64; ++i) values.push_back(i - 20.5);
  const Expected expected = expect_real(2, values);
  const auto plan = CheckPlan::make(op, axes, expected);
  Random random(1);
  const PowerResult power = power_check(*plan, degrade(op, axes, expected, nullptr, nullptr, random));
  EXPECT_FALSE(power.ok);
  EXPECT_TRUE(power.rejected.empty());
  EXPECT_EQ(std::set<std::string>(power.passed.begin(), power.passed.end()),
            (std::set<std::string>{"zeros", "ones", "mean", "missing_tile", "shifted_row", "shifted_column",
                                   "one_element_changed"}));
  EXPECT_NE(power.reason.find("zeros"), std::string::npos);
}

TEST(Power, StandsWhereAnotherDrawShowsTheError) {
  PowerResult one;
  one.passed = {"zeros", "lower_precision_inputs"};
  one.rejected = {"ones"};
  PowerResult two;
  two.rejected = {"lower_precision_inputs", "mean"};
  overrule(one, two);
  EXPECT_FALSE(one.ok);
  EXPECT_EQ(one.passed, std::vector<std::string>{"zeros"});
  EXPECT_EQ(one.rejected, (std::vector<std::string>{"ones", "lower_precision_inputs"}));
  EXPECT_EQ(one.reason.find("lower_precision_inputs"), std::string::npos) << one.reason;
  EXPECT_NE(one.reason.find("zeros"), std::string::npos) << one.reason;
  PowerResult silent;
  silent.rejected = {"mean"};
  overrule(one, silent);
  EXPECT_FALSE(one.ok) << "who was not tried was not rejected";
  two.rejected = {"zeros"};
  overrule(one, two);
  EXPECT_TRUE(one.ok);
  EXPECT_EQ(one.reason, "");
}

TEST(Power, LeavesOutDegradationsThatAreRight) {
  const Operator op = make_operator("zero", {"n"}, {input("x", {"n"}), output("y", {"n"})});
  Random random(1);
  std::set<std::string> names;
  for (const Degradation& d :
       degrade(op, {{"n", 5}}, expect_real(1, {0, 0, 0, 0, 0}), nullptr, nullptr, random))
    names.insert(d.name);
  EXPECT_EQ(names, (std::set<std::string>{"ones", "one_element_changed"}))
      << "all others are the right answer here";
}

TEST(Power, CatchesCommonLies) {
  // Kernels that people and machines really write instead of the declared one.
  const auto kernels = honest_kernels();
  const auto find = [&](const std::string& name) {
    return *std::find_if(kernels.begin(), kernels.end(), [&](const Honest& h) { return h.op.name == name; });
  };
  const auto fails = [&](const Honest& honest, InputStyle style, const Body<float>& liar) {
    const Inputs inputs = draw(honest, style, 3);
    const CheckPlan plan = plan_of(honest, inputs, style);
    Honest lying = honest;
    lying.candidate = liar;
    return !plan.check(pointers(candidate_of(lying, inputs, 1))).ok;
  };
  const Body<float> no_maximum = [](const auto& in, auto& out, const Axes& axes, int) {
    const int64_t cols = axes.at("cols");
    for (int64_t r = 0; r < axes.at("rows"); ++r) {
      float sum = 0;
      for (int64_t c = 0; c < cols; ++c) sum += out[0][r * cols + c] = std::exp(4 * in[0][r * cols + c] / 4);
      for (int64_t c = 0; c < cols; ++c) out[0][r * cols + c] /= sum;
    }
  };
  EXPECT_FALSE(fails(find("softmax"), InputStyle::typical, no_maximum)) << "right for small inputs";
  EXPECT_TRUE(fails(find("softmax"), InputStyle::specials, no_maximum) ||
              fails(find("softmax"), InputStyle::heavy_tail, no_maximum));
  const Body<float> tanh_gelu = [](const auto& in, auto& out, const Axes&, int) {
    for (size_t i = 0; i < in[0].size(); ++i) {
      const float x = in[0][i];
      out[0][i] = 0.5f * x * (1 + std::tanh(0.7978845608f * (x + 0.044715f * x * x * x)));
    }
  };
  EXPECT_TRUE(fails(find("gelu"), InputStyle::typical, tanh_gelu));
  const Body<float> half_sums = [](const auto& in, auto& out, const Axes& axes, int) {
    const int64_t cols = axes.at("cols");
    for (int64_t r = 0; r < axes.at("rows"); ++r) {
      double sum = 0;
      for (int64_t c = 0; c < cols; ++c)
        sum = round_to(Dtype::bf16, sum + static_cast<double>(in[0][r * cols + c]));
      out[0][r] = static_cast<float>(sum);
    }
  };
  EXPECT_TRUE(fails(find("row_sum"), InputStyle::typical, half_sums));
  const Body<float> truncating = [](const auto& in, auto& out, const Axes& axes, int) {
    Quantise{}(in, out, axes, 1);
    for (size_t i = 0; i < out[0].size(); ++i)
      out[0][i] = std::trunc(in[0][i] / out[1][i / static_cast<size_t>(axes.at("cols"))]);
  };
  EXPECT_TRUE(fails(find("quantise"), InputStyle::typical, truncating));
  const Body<float> last_element = [](const auto& in, auto& out, const Axes& axes, int) {
    Gemm{}(in, out, axes, 8);
    out[0].back() = 0;
  };
  EXPECT_TRUE(fails(find("gemm"), InputStyle::typical, last_element));
}

}  // namespace
}  // namespace ke
