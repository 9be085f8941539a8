// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/check.h"

#include "ke-build/model/spec.h"
#include "tests/unit/evaluate/check_fixture.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace ke {
namespace {

using namespace math_fixture;
using namespace check_fixture;

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr double kU = 0x1p-24;  // roundoff of float

TEST(Check, HasTheBoundOfItsFormula) {
  Operator op = row_operator();
  op.tolerance.reduction = "100";
  // s of the first element: rms = sqrt((9 + 16) / 2); of the second: |y| = 4 is larger.
  const auto plan = CheckPlan::make(op, {{"n", 2}}, expect_real(1, {3, 4}));
  ASSERT_TRUE(plan);
  EXPECT_NEAR(plan->bound(0, 0), 8 * (kU * 3 + 10 * kU * std::sqrt(12.5)), 2 * 3 * kU);
  EXPECT_NEAR(plan->bound(0, 1), 8 * (kU * 4 + 10 * kU * 4), 2 * 4 * kU);
}

TEST(Check, AcceptsTheBoundAndNothingBeyond) {
  const Operator op = row_operator();
  const Axes axes = {{"n", 1}};
  // c (u|y| + u s) = 16 u = 2^-20 at y = 1.
  for (const auto& [value, good] : {std::pair{1 + 0x1p-20f, true},
                                    {1 + 0x1p-20f + 0x1p-23f, false},
                                    {1 - 0x1p-20f, true},
                                    {1 - 0x1p-20f - 0x1p-24f, false}}) {
    EXPECT_EQ(check(op, axes, expect_real(1, {1}), &value).ok, good) << value;
  }
}

TEST(Check, IsAsWideAfterwardsAsIfTheToleranceHadSaidSo) {
  constexpr double kFactor = 2.5;
  const Axes axes = {{"n", 4}};
  for (const Dtype dtype : {Dtype::f32, Dtype::f64, Dtype::f16, Dtype::bf16}) {
    const Operator op = row_operator(dtype);
    Operator wide = op;
    wide.tolerance.factor *= kFactor;
    for (const double size : {1.0, largest_finite(dtype) / 2}) {
      const Expected expected = expect_real(1, {NAN, HUGE_VAL, 0.8 * size, -0.6 * size});
      // Errors of the kernel itself, in bounds: what it widens and what it does not.
      for (const double error : {0.0, 0.5, 3.0}) {
        const double bound = CheckPlan::make(op, axes, expected)->bound(0, 2);
        const Expected rounded = expect_real(1, {NAN, HUGE_VAL, 0.8 * size + error * bound, -0.6 * size});
        CheckAids aids;
        aids.rounded = &rounded;
        for (const InputStyle style : {InputStyle::typical, InputStyle::heavy_tail}) {
          aids.style = style;
          auto plan = CheckPlan::make(op, axes, expected, aids);
          const auto as_told = CheckPlan::make(wide, axes, expected, aids);
          ASSERT_TRUE(plan && as_told);
          plan->widen(kFactor);
          for (int64_t i = 0; i < 4; ++i)  // ends are floats, two of them to a bound that is scaled
            EXPECT_NEAR(plan->bound(0, i), as_told->bound(0, i), 0.2 * as_told->bound(0, i))
                << name_of(dtype) << " " << name_of(style) << " " << i << " " << error;
        }
      }
    }
  }
}

TEST(Check, WidensNothingThatHasToBeExact) {
  const Operator op = row_operator();
  const std::vector<double> ones(16, 3);
  const Expected expected = expect_real(1, ones);
  CheckAids aids;
  aids.style = InputStyle::small_integers;
  aids.affine = {true};
  aids.absolute = &expected;
  auto plan = CheckPlan::make(op, {{"n", 16}}, expected, aids);
  ASSERT_TRUE(plan);
  plan->widen(4);
  std::vector<float> found(16, 3);
  EXPECT_TRUE(plan->check({found.data()}).ok);
  found[3] = std::nextafter(3.F, 4.F);
  EXPECT_FALSE(plan->check({found.data()}).ok);
}

TEST(Check, ComparesNanAndInfinityBeforeAnything) {
  const Operator op = row_operator();
  const Axes axes = {{"n", 4}};
  const Expected expected = expect_real(1, {NAN, HUGE_VAL, -HUGE_VAL, 1});
  const float right[] = {kNan, kInfinity, -kInfinity, 1};
  EXPECT_TRUE(check(op, axes, expected, right).ok);
  for (size_t i = 0; i < 4; ++i) {
    for (float wrong : {0.0f, kNan, kInfinity, -kInfinity, std::numeric_limits<float>::max()}) {
      if (wrong == right[i] || (std::isnan(wrong) && i == 0)) continue;
      float found[4];
      std::copy(right, right + 4, found);
      found[i] = wrong;
      const CheckResult result = check(op, axes, expected, found);
      EXPECT_FALSE(result.ok) << i << " " << wrong;
      EXPECT_EQ(result.wrong, 1);
      EXPECT_EQ(result.mask_mismatches, i == 3 && std::isfinite(wrong) ? 0 : 1) << i << " " << wrong;
      EXPECT_EQ(result.index, std::vector<int64_t>{static_cast<int64_t>(i)});
    }
  }
}

TEST(Check, ExpectsInfinityWhereTheFormatOverflows) {
  const Operator op = row_operator();
  const float infinity = kInfinity, largest = std::numeric_limits<float>::max();
  EXPECT_TRUE(check(op, {{"n", 1}}, expect_real(1, {1e39}), &infinity).ok);
  EXPECT_FALSE(check(op, {{"n", 1}}, expect_real(1, {1e39}), &largest).ok);
  EXPECT_TRUE(check(op, {{"n", 1}}, expect_real(1, {largest}), &largest).ok);
  EXPECT_FALSE(check(op, {{"n", 1}}, expect_real(1, {largest / 2}), &infinity).ok);
}

// (x - mean) * a is an infinity where x * a - mean * a is the difference of two.
TEST(Check, AcceptsADifferenceOfInfinitiesWhereTheAnswerIsBeyondFloat) {
  const Operator op = row_operator();
  const float other = -kInfinity, finite = 0;
  EXPECT_TRUE(check(op, {{"n", 1}}, expect_real(1, {1e39}), &kNan).ok);
  EXPECT_TRUE(check(op, {{"n", 1}}, expect_real(1, {-1e39}), &kNan).ok);
  EXPECT_TRUE(check(op, {{"n", 1}}, expect_real(1, {1e39}), &other).ok) << "fma(a, b, -inf)";
  EXPECT_FALSE(check(op, {{"n", 1}}, expect_real(1, {1e39}), &finite).ok);
  for (const double y : {1e38, -1e38, 1.0, HUGE_VAL, -HUGE_VAL})
    EXPECT_FALSE(check(op, {{"n", 1}}, expect_real(1, {y}), &kNan).ok) << y;
  // What is beyond float16 alone fits the sums.
  const Operator half = row_operator(Dtype::f16);
  const uint16_t nan16 = 0x7e00;
  EXPECT_FALSE(check(half, {{"n", 1}}, expect_real(1, {1e6}), &nan16).ok);
  EXPECT_TRUE(check(half, {{"n", 1}}, expect_real(1, {1e39}), &nan16).ok);
}

// a x + (b - a m) for a (x - m) + b: Inf - Inf, also where the bound is wide enough for finite numbers.
TEST(Check, AcceptsNanWhereTheAccumulatorOverflowsWithinAWideBound) {
  Operator op = row_operator();
  op.tolerance.kind = Tolerance::Kind::absolute;
  op.tolerance.rtol = 0.9;
  const float lost = NAN, finite = 2e38f, opposite = -2e38f;
  EXPECT_TRUE(check(op, {{"n", 1}}, expect_real(1, {1e39}), &lost).ok);
  EXPECT_TRUE(check(op, {{"n", 1}}, expect_real(1, {1e39}), &finite).ok);
  EXPECT_FALSE(check(op, {{"n", 1}}, expect_real(1, {1e39}), &opposite).ok);
  EXPECT_FALSE(check(op, {{"n", 1}}, expect_real(1, {3e38}), &lost).ok) << "a float holds that";
}

// Doubles overflow in the reference, too, whose order of operations is only one of many.
TEST(Check, AcceptsEveryWayToOverflowOfDoubles) {
  const Operator op = row_operator(Dtype::f64);
  CheckAids aids;
  aids.style = InputStyle::rescaled;
  const double found[] = {NAN, HUGE_VAL, -HUGE_VAL}, finite = 1e308;
  for (const double y : found) {
    for (const double one : found) EXPECT_TRUE(check(op, {{"n", 1}}, expect_real(1, {y}), &one, aids).ok);
    EXPECT_FALSE(check(op, {{"n", 1}}, expect_real(1, {y}), &finite, aids).ok);
  }
  EXPECT_FALSE(check(op, {{"n", 1}}, expect_real(1, {1.0}), &found[0], aids).ok);
  EXPECT_FALSE(check(op, {{"n", 1}}, expect_real(1, {NAN}), &found[1]).ok) << "an input was NaN";
}

TEST(Check, SeesFlushedSubnormals) {
  const Operator op = row_operator();
  const double y[] = {0x1p-130, -0x1p-128};
  const float right[] = {0x1p-130f, -0x1p-128f}, flushed[] = {0, -0.0f};
  EXPECT_TRUE(check(op, {{"n", 2}}, expect_real(1, {y[0], y[1]}), right).ok);
  EXPECT_FALSE(check(op, {{"n", 2}}, expect_real(1, {y[0], y[1]}), flushed).ok);
}

TEST(Check, NamesTheWorstElement) {
  const Operator op = make_operator("m", {"r", "c"}, {input("x", {"r", "c"}), output("y", {"r", "c"})});
  float found[] = {1, 1, 1, 1.1f, 1, 5};
  const CheckResult result = check(op, {{"r", 2}, {"c", 3}}, expect_real(1, {1, 1, 1, 1, 1, 1}), found);
  EXPECT_FALSE(result.ok);
  EXPECT_EQ(result.argument, "y");
  EXPECT_EQ(result.index, (std::vector<int64_t>{1, 2}));
  EXPECT_EQ(result.wrong, 2);
  EXPECT_EQ(result.found, 5);
  EXPECT_NE(result.reason.find("y[1, 2] is 5, expected 1 within"), std::string::npos) << result.reason;
  EXPECT_NE(result.reason.find("2 of 6 elements"), std::string::npos) << result.reason;
}

TEST(Check, ReadsOutputsAtAnyAddress) {
  const Operator op = row_operator();
  std::vector<double> expected(10000);
  std::vector<std::byte> bytes(expected.size() * 4 + 1);
  for (size_t i = 0; i < expected.size(); ++i)
    store(Dtype::f32, bytes.data() + 1, static_cast<int64_t>(i),
          expected[i] = static_cast<float>(std::sin(i)));
  EXPECT_TRUE(check(op, {{"n", 10000}}, expect_real(1, expected), bytes.data() + 1).ok);
  store(Dtype::f32, bytes.data() + 1, 9999, 2);
  EXPECT_EQ(check(op, {{"n", 10000}}, expect_real(1, expected), bytes.data() + 1).index,
            std::vector<int64_t>{9999});
}

TEST(Check, KnowsTheSmallFormats) {
  for (Dtype dtype : {Dtype::f16, Dtype::bf16}) {
    const Operator op = row_operator(dtype);
    Buffer found(dtype, 4);
    const std::vector<double> y = {1.001, -0.3333, 1000, 1e-6};
    from_doubles(dtype, y, found.data());
    EXPECT_TRUE(check(op, {{"n", 4}}, expect_real(1, y), found.data()).ok);
    found.set(0, 1.001 + 20 * (dtype == Dtype::f16 ? 0x1p-11 : 0x1p-8));
    EXPECT_FALSE(check(op, {{"n", 4}}, expect_real(1, y), found.data()).ok);
    from_doubles(dtype, {NAN, HUGE_VAL, -HUGE_VAL, 0}, found.data());
    EXPECT_TRUE(check(op, {{"n", 4}}, expect_real(1, {NAN, 1e39, -1e39, 0}), found.data()).ok);
  }
  // Every half as itself: exercises the fast conversion, subnormals included.
  const Operator op = row_operator(Dtype::f16);
  std::vector<uint16_t> bits;
  std::vector<double> y;
  for (uint32_t b = 0; b < 0x10000; ++b) {
    bits.push_back(static_cast<uint16_t>(b));
    y.push_back(f16_to_double(static_cast<uint16_t>(b)));
  }
  Operator exact = op;
  exact.tolerance.kind = Tolerance::Kind::exact;
  EXPECT_TRUE(check(exact, {{"n", 0x10000}}, expect_real(1, y), bits.data()).ok);
}

TEST(Check, FollowsTheDeclaredKindOfTolerance) {
  Operator op = row_operator();
  const Axes axes = {{"n", 1}};
  const auto accepts = [&](double y, float found) { return check(op, axes, expect_real(1, {y}), &found).ok; };
  op.tolerance.kind = Tolerance::Kind::exact;
  EXPECT_TRUE(accepts(0.1, 0.1f)) << "the nearest float";
  EXPECT_FALSE(accepts(0.1, std::nextafter(0.1f, 1.0f)));
  op.tolerance.kind = Tolerance::Kind::ulp;
  op.tolerance.ulp = 2;
  EXPECT_TRUE(accepts(1, 1 + 2 * 0x1p-23f));
  EXPECT_FALSE(accepts(1, 1 + 3 * 0x1p-23f));
  EXPECT_TRUE(accepts(0, 0x1p-148f));
  op.tolerance.kind = Tolerance::Kind::absolute;
  op.tolerance.atol = 0.5;
  op.tolerance.rtol = 0.01;
  EXPECT_TRUE(accepts(100, 101.5f));
  EXPECT_FALSE(accepts(100, 101.6f));
}

TEST(Check, ComparesIntegersExactly) {
  Operator op = make_operator("h", {"n"},
                              {with_domain(input("x", {"n"}, Dtype::i32), Domain::Kind::range, 0, 9),
                               output("y", {"n"}, Dtype::i64)});
  int64_t found[] = {1, (int64_t{1} << 60) + 1, -5};
  const Axes axes = {{"n", 3}};
  EXPECT_TRUE(check(op, axes, expect_integer(1, {1, (int64_t{1} << 60) + 1, -5}), found).ok);
  EXPECT_FALSE(check(op, axes, expect_integer(1, {1, int64_t{1} << 60, -5}), found).ok);
  op.tolerance.kind = Tolerance::Kind::absolute;
  op.tolerance.atol = 1;
  EXPECT_TRUE(check(op, axes, expect_integer(1, {2, int64_t{1} << 60, -6}), found).ok);
  EXPECT_FALSE(check(op, axes, expect_integer(1, {3, int64_t{1} << 60, -6}), found).ok);
  for (Dtype dtype : {Dtype::i8, Dtype::u8, Dtype::i16, Dtype::u16, Dtype::i32, Dtype::u32, Dtype::boolean}) {
    Operator small = make_operator(
        "s", {"n"},
        {with_domain(input("x", {"n"}, Dtype::i32), Domain::Kind::range, 0, 1), output("y", {"n"}, dtype)});
    Buffer buffer(dtype, 5000);
    buffer.set(4321, 1);
    std::vector<int64_t> y(5000);
    EXPECT_FALSE(check(small, {{"n", 5000}}, expect_integer(1, y), buffer.data()).ok);
    y[4321] = 1;
    EXPECT_TRUE(check(small, {{"n", 5000}}, expect_integer(1, y), buffer.data()).ok);
  }
}

TEST(Check, KnowsTwoValuesOfABool) {
  const Operator op = make_operator("above", {"n"}, {input("x", {"n"}), output("y", {"n"}, Dtype::boolean)});
  const uint8_t masks[] = {255, 0, 255}, bools[] = {1, 0, 1};
  EXPECT_TRUE(check(op, {{"n", 3}}, expect_integer(1, {1, 0, 1}), bools).ok);
  const CheckResult result = check(op, {{"n", 3}}, expect_integer(1, {1, 0, 1}), masks);
  EXPECT_FALSE(result.ok);
  EXPECT_EQ(result.found, 255);
}

TEST(Check, AllowsAFewTiesOfQuantisedReals) {
  for (const Dtype dtype : {Dtype::i8, Dtype::u16}) {
    const Operator op = row_operator(dtype);
    constexpr int64_t kCount = 100000;
    Buffer found(dtype, kCount);
    const Expected expected = expect_integer(1, std::vector<int64_t>(kCount, 5));
    for (int64_t i = 0; i < kCount; ++i) found.set(i, 5);
    for (int64_t i = 0; i < 8; ++i) found.set(i * 77, 6);
    EXPECT_TRUE(check(op, {{"n", kCount}}, expected, found.data()).ok);
    found.set(0, 7);
    EXPECT_FALSE(check(op, {{"n", kCount}}, expected, found.data()).ok) << "one level off, not two";
    for (int64_t i = 0; i < 1000; ++i) found.set(i * 77, 6);
    EXPECT_FALSE(check(op, {{"n", kCount}}, expected, found.data()).ok)
        << "one percent is no tie, it is another rounding";
  }
}

TEST(Check, FindsTheReductionLength) {
  const Axes axes = {{"m", 8}, {"n", 16}, {"k", 32}};
  EXPECT_EQ(*reduction_length(gemm(), axes, 2), 32);
  const Operator conv = make_operator("conv", {"ci", "co", "h", "w"},
                                      {input("x", {"ci", "h", "w"}), input("f", {"co", "ci", "3", "3"}),
                                       output("y", {"co", "h - 2", "w - 2"})});
  EXPECT_EQ(*reduction_length(conv, {{"ci", 4}, {"co", 5}, {"h", 6}, {"w", 7}}, 2), 36);
  const Operator bag = make_operator(
      "bag", {"vocab", "total", "bags", "dim"},
      {input("table", {"vocab", "dim"}),
       with_domain(input("ids", {"total"}, Dtype::i32), Domain::Kind::index, 0, 0, "vocab"),
       with_domain(input("offsets", {"bags + 1"}, Dtype::i32), Domain::Kind::offsets, 0, 0, "total"),
       output("y", {"bags", "dim"})});
  EXPECT_EQ(*reduction_length(bag, {{"vocab", 1000}, {"total", 50}, {"bags", 5}, {"dim", 8}}, 3), 50)
      << "a looked-up axis is not summed";
  Operator norm = row_operator();
  EXPECT_EQ(*reduction_length(norm, {{"n", 9}}, 1), 1);
  norm.tolerance.reduction = "n";
  EXPECT_EQ(*reduction_length(norm, {{"n", 9}}, 1), 9);
}

TEST(Check, RefusesExpectationsThatDoNotFit) {
  const Operator op = row_operator();
  EXPECT_NE(CheckPlan::make(op, {{"n", 3}}, expect_real(1, {1, 2}))
                .error()
                .message.find("2 expected values were given, its shape has 3"),
            std::string::npos);
  EXPECT_FALSE(CheckPlan::make(op, {{"n", 3}}, {}));
  EXPECT_FALSE(CheckPlan::make(op, {{"n", 3}}, expect_real(0, {1, 2, 3})));
  EXPECT_TRUE(CheckPlan::make(op, {{"n", 0}}, expect_real(1, {}))) << "nothing to compute is legal";
}

TEST(Check, FindsOutputsThatAreAffineInEachInput) {
  const auto eight = [](double value, double last) {
    std::vector<double> values(8, value);
    values.back() = last;
    return expect_real(1, values);
  };
  const Expected start = eight(1, 2), one = eight(2, 4), two = eight(3, 6), half = eight(1.5, 3);
  const Expected bent = eight(3, 7), lost = eight(3, std::nan(""));
  EXPECT_EQ(affine_outputs(start, {{&one, &two}}), std::vector<bool>{true});
  EXPECT_EQ(affine_outputs(start, {{&one, &two}, {&one, &bent}}), std::vector<bool>{false});
  EXPECT_EQ(affine_outputs(start, {{&one, &lost}}), std::vector<bool>{false});
  EXPECT_EQ(affine_outputs(start, {{&half, &one}}), std::vector<bool>{false}) << "not whole";
  EXPECT_EQ(affine_outputs(start, {{&half, &one, 0.5}}), std::vector<bool>{true});
  EXPECT_EQ(affine_outputs(start, {}), std::vector<bool>{false}) << "nothing was tried";
  const Expected few = expect_real(1, {1, 2});
  EXPECT_EQ(affine_outputs(few, {{&few, &few}}), std::vector<bool>{false}) << "whole by luck";
}

TEST(Check, FindsOutputsThatAreAffineButForRoundings) {
  const auto all = [](double value, double last) {
    std::vector<double> values(8, value);
    values.back() = last;
    return expect_real(1, values);
  };
  const Expected start = all(0.1, 1 / 3.0), middle = all(0.2, 2 / 3.0), end = all(0.1 + 0.2, 1);
  const Expected bent = all(0.3, 1 + 1e-9), lost = all(0.3, std::nan(""));
  EXPECT_EQ(nearly_affine_outputs(start, {{&middle, &end}}), std::vector<bool>{true});
  EXPECT_EQ(nearly_affine_outputs(start, {{&middle, &end}, {&middle, &bent}}), std::vector<bool>{false});
  EXPECT_EQ(nearly_affine_outputs(start, {{&middle, &lost}}), std::vector<bool>{false});
  EXPECT_EQ(nearly_affine_outputs(start, {}), std::vector<bool>{false}) << "nothing was tried";
}

TEST(Check, WantsExactSumsOfSmallIntegers) {
  Operator op = row_operator();
  const Expected small = expect_real(1, {7, 9, 6}), large = expect_real(1, {7, 0x1p25, 6});
  const float right[] = {3, -5, 0}, close[] = {3, -5, 0x1p-22f};
  CheckAids aids;
  aids.style = InputStyle::small_integers;
  aids.affine = {true};
  const auto accepts = [&](const Expected* absolute, const float* found) {
    aids.absolute = absolute;
    return check_outputs(op, {{"n", 3}}, expect_real(1, {3, -5, 0}), {found}, aids)->ok;
  };
  EXPECT_TRUE(accepts(&small, right));
  EXPECT_FALSE(accepts(&small, close));
  EXPECT_TRUE(accepts(&large, close)) << "partial sums that do not fit the significand may be rounded";
  op.tolerance.any_error = true;
  EXPECT_TRUE(accepts(&small, close)) << "the owner allows it";
}

TEST(Check, ASmallRowDoesNotHideBesideALargeOne) {
  const Operator op = row_operator();
  const Expected weights = expect_real(1, {8, 2e-7, 7});
  const float right[] = {3, -1e-7F, 5}, lost[] = {3, 0, 5};
  CheckAids aids;
  aids.absolute = &weights;
  const auto accepts = [&](InputStyle style, bool affine, const float* found) {
    aids.style = style;
    aids.affine = {affine};
    return check_outputs(op, {{"n", 3}}, expect_real(1, {3, -1e-7, 5}), {found}, aids)->ok;
  };
  EXPECT_TRUE(accepts(InputStyle::graded, true, right));
  EXPECT_FALSE(accepts(InputStyle::graded, true, lost));
  EXPECT_TRUE(accepts(InputStyle::graded, false, lost)) << "what lies behind the element is not known";
  EXPECT_TRUE(accepts(InputStyle::heavy_tail, true, lost));
}

// Means divide, so that whole numbers do not stay whole: what their terms are is said by how far they move.
TEST(Check, ASmallMeanDoesNotHideBesideALargeOne) {
  const Operator op = row_operator();
  const double relative = perturbation(op, {{"n", 3}});
  const auto moved = [&](double by) {
    return expect_real(1, {3 + 4 * by * relative, -1e-7 + 2e-7 * by * relative, 5 - 6 * by * relative});
  };
  const Expected up = moved(1), down = moved(-1);
  const float right[] = {3, -1.0000002e-7F, 5}, lost[] = {3, 0, 5};
  CheckAids aids;
  aids.style = InputStyle::graded;
  aids.alternatives = {&up, &down};
  const auto accepts = [&](bool affine, const float* found) {
    aids.nearly_affine = {affine};
    return check_outputs(op, {{"n", 3}}, expect_real(1, {3, -1e-7, 5}), {found}, aids)->ok;
  };
  EXPECT_TRUE(accepts(true, right));
  EXPECT_FALSE(accepts(true, lost));
  EXPECT_TRUE(accepts(false, lost)) << "what lies behind the element is not known";
  aids.style = InputStyle::heavy_tail;
  EXPECT_TRUE(accepts(true, lost));
}

// All elements of a row share a sum of 100 terms that happens to end near zero: it was rounded like the
// others.
TEST(Check, ARowOfTypicalInputsIsNoBetterThanItsNeighbours) {
  Operator op = make_operator("m", {"r", "c"}, {input("x", {"r", "c"}), output("y", {"r", "c"})});
  const Axes axes = {{"r", 8}, {"c", 40}};
  std::vector<double> expected(8 * 40, 8.0);
  std::fill_n(expected.begin(), 40, 0.25);
  const auto bound_of = [&](InputStyle style, const std::string& reduction) {
    op.tolerance.reduction = reduction;
    CheckAids aids;
    aids.style = style;
    return CheckPlan::make(op, axes, expect_real(1, expected), aids)->bound(0, 0);
  };
  EXPECT_GT(bound_of(InputStyle::typical, "100"), 8 * 10 * kU * 7);
  EXPECT_LT(bound_of(InputStyle::rescaled, "100"), 8 * 10 * kU) << "what is drawn otherwise may hide there";
  EXPECT_LT(bound_of(InputStyle::typical, "1"), 8 * 10 * kU) << "without a sum there is nothing in common";
  EXPECT_FALSE(needs_absolute(op, {{"r", 2}, {"c", 40}}, InputStyle::typical)) << "no sum";
  op.tolerance.reduction = "c";
  EXPECT_TRUE(needs_absolute(op, {{"r", 2}, {"c", 40}}, InputStyle::typical));
  EXPECT_FALSE(needs_absolute(op, axes, InputStyle::typical)) << "enough rows say what sums are like";
}

TEST(Check, SumsUpErrors) {
  ErrorStats sum;
  add_errors(sum, {0.2, 0.1, 0.1, 30});
  add_errors(sum, {0.1, 0.1, 0.3, 10});
  add_errors(sum, {});
  EXPECT_EQ(sum.max, 0.2);
  EXPECT_EQ(sum.count, 40);
  EXPECT_NEAR(sum.rms, std::sqrt((0.01 * 30 + 0.09 * 10) / 40), 1e-12);
}

TEST(Check, AcceptsBothWaysToOverflowEightBits) {
  const Operator op =
      make_operator("f8", {"n"}, {input("x", {"n"}, Dtype::f8e4m3), output("y", {"n"}, Dtype::f8e4m3)});
  const uint8_t saturated[] = {0x7e, 0xfe, 0x38}, lost[] = {0x7f, 0xff, 0x38}, wrong[] = {0x7d, 0xfe, 0x38};
  const uint8_t spurious[] = {0x7e, 0xfe, 0x7f};
  const auto accepts = [&](const uint8_t* found) {
    return check_outputs(op, {{"n", 3}}, expect_real(1, {1000, -INFINITY, 1}), {found})->ok;
  };
  EXPECT_TRUE(accepts(saturated));
  EXPECT_TRUE(accepts(lost));
  EXPECT_FALSE(accepts(wrong));
  EXPECT_FALSE(accepts(spurious));
}

TEST(Check, ComparesErrorsWithTheBaselines) {
  const Operator op = row_operator();
  const auto plan = CheckPlan::make(op, {{"n", 4}}, expect_real(1, {1, 1, 1, 1}));
  const float good[] = {1, 1, 1, 1}, poor[] = {1, 1 + 0x1p-21f, 1, 1};
  const ErrorStats none = plan->errors({good}), half = plan->errors({poor});
  EXPECT_EQ(none.max, 0);
  EXPECT_NEAR(half.max, 0.5, 0.01);
  EXPECT_NEAR(half.rms, 0.25, 0.01);
  std::string reason;
  EXPECT_FALSE(within_baseline(half, none, &reason));
  EXPECT_NE(reason.find("more than twice"), std::string::npos);
  EXPECT_TRUE(within_baseline(half, half));
  EXPECT_TRUE(within_baseline(none, half));
}

}  // namespace
}  // namespace ke
