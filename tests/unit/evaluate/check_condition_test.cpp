// SPDX-License-Identifier: MIT
// How much an answer hangs on its inputs, on the roundings within a kernel, and on the side of a threshold.
#include "tests/unit/evaluate/check_fixture.h"

#include <cmath>

namespace ke {
namespace {

using namespace check_fixture;

TEST(Check, TakesTheConditionOfTheOperatorWhereTailsAreHeavy) {
  const Operator op = make_operator("weights", {"n"}, {input("x", {"n"}), output("y", {"n"})});
  EXPECT_FALSE(needs_alternatives(op, {{"n", 64}}, InputStyle::typical));
  for (const InputStyle style : {InputStyle::heavy_tail, InputStyle::spikes, InputStyle::one_hot,
                                 InputStyle::extremes, InputStyle::giants, InputStyle::specials})
    EXPECT_TRUE(needs_alternatives(op, {{"n", 64}}, style)) << name_of(style);
  const Axes axes = {{"n", 64}};
  // An exponential of 64: a relative change of its input moves it by 64 times as much.
  const Expected expected = expect_real(1, std::vector<double>(64, 1.0));
  const Expected moved = expect_real(1, std::vector<double>(64, 1 + 64 * perturbation(op, axes)));
  const std::vector<float> found(64, 1 + 40 * 0x1p-24f);
  CheckAids aids;
  aids.style = InputStyle::heavy_tail;
  EXPECT_FALSE(check(op, axes, expected, found.data(), aids).ok);
  aids.alternatives = {&moved};
  EXPECT_TRUE(check(op, axes, expected, found.data(), aids).ok);
  const std::vector<float> half(64, 1 + 0x1p-11f);
  EXPECT_FALSE(check(op, axes, expected, half.data(), aids).ok) << "half precision stays wrong";
}

// (x w) s and (x s) w: one of them passes through numbers of few bits.
TEST(Check, ForgivesWhatIsRoundedBelowTheNormalNumbersOnItsWay) {
  const Operator op = row_operator();
  const Expected expected = expect_real(1, std::vector<double>(64, 9.84284741e-39));
  const std::vector<float> found(64, 9.84274984e-39f), flushed(64, 0);
  for (const InputStyle style : {InputStyle::tiny, InputStyle::extremes, InputStyle::typical}) {
    CheckAids aids;
    aids.style = style;
    EXPECT_EQ(check(op, {{"n", 64}}, expected, found.data(), aids).ok, style != InputStyle::typical)
        << name_of(style);
    EXPECT_FALSE(check(op, {{"n", 64}}, expected, flushed.data(), aids).ok) << name_of(style);
  }
}

TEST(Check, AsksForTheConditionOfShortSums) {
  Operator op = make_operator("norm", {"r", "c"}, {input("x", {"r", "c"}), output("y", {"r", "c"})});
  op.tolerance.reduction = "c";
  EXPECT_TRUE(needs_alternatives(op, {{"r", 40}, {"c", 2}}, InputStyle::typical));
  EXPECT_FALSE(needs_alternatives(op, {{"r", 40}, {"c", 9}}, InputStyle::typical));
  EXPECT_FALSE(needs_alternatives(op, {{"r", 40}, {"c", 1}}, InputStyle::typical));
}

// Quantised by the largest of many equal numbers: moved independently, one of them always grows, and what
// lies above a tie meets it with every draw while what lies below never does.
TEST(Check, MeetsTiesBesideManyEqualLargestFromBothSides) {
  const Operator op =
      make_operator("levels", {"n"}, {input("x", {"n"}, Dtype::f32), output("q", {"n"}, Dtype::i16)});
  const Axes axes = {{"n", 64}};
  Inputs inputs;
  inputs.arguments.emplace_back(Dtype::f32, 64);
  inputs.arguments.emplace_back(Dtype::i16, 0);
  Buffer& x = inputs.arguments[0];
  for (int64_t i = 0; i < 64; ++i) x.set(i, i % 2 == 0 ? 100 : 100 * (i + 0.5) / 127);
  const auto quantised = [&](const Inputs& from, int64_t i) {
    double largest = 0;
    for (int64_t k = 0; k < 64; ++k) largest = std::max(largest, std::abs(from.arguments[0].get(k)));
    return std::lround(from.arguments[0].get(i) / largest * 127);
  };
  int ties = 0, missed = 0;
  for (uint64_t seed = 0; seed < 20; ++seed) {
    const std::vector<Inputs> moved = alternative_inputs(op, axes, inputs, seed);
    for (int64_t i = 1; i < 64; i += 2) {
      int below = 0, above = 0;
      for (const Inputs& one : moved) (quantised(one, i) == i ? below : above) += 1;
      ++ties;
      missed += below == 0 || above == 0;
    }
  }
  EXPECT_LE(missed, ties / 50) << "of " << ties << ": moves may be too small by chance";
}

// The distance of points on opposite sides of a sphere: the sine there is one but for its last digits.
TEST(Check, TakesTheErrorsOfTheKernelItselfAroundAResult) {
  const Operator op =
      make_operator("distance", {"n"}, {input("a", {"n"}), input("b", {"n"}), output("km", {"n"})});
  const Axes axes = {{"n", 64}};
  EXPECT_TRUE(needs_own_errors(op, axes));
  EXPECT_FALSE(needs_own_errors(op, {{"n", 1 << 20}})) << "bounds of large arrays follow from all of them";
  const std::vector<double> km(64, 20000);
  const Expected expected = expect_real(2, km), moved = expect_real(2, std::vector<double>(64, 20000.01));
  std::vector<double> rounded(64, 20000.01);
  rounded[7] += 0.1;
  rounded[8] += 1000;
  rounded[9] = std::nan("");
  const Expected rounded_there = expect_real(2, rounded);
  std::vector<float> found(64, 20000);
  const auto accepts = [&](size_t at, float value, const CheckAids& aids) {
    std::vector<float> changed = found;
    changed[at] = value;
    return check(op, axes, expected, changed.data(), aids).ok;
  };
  CheckAids aids;
  aids.alternatives = {&moved};
  EXPECT_FALSE(accepts(7, 20000.3F, aids));
  aids.rounded = &expected;
  aids.around = {{&moved, &rounded_there}};
  EXPECT_TRUE(accepts(7, 20000.3F, aids));
  EXPECT_FALSE(accepts(7, 20000.8F, aids)) << "more than six times as far off as the kernel itself";
  EXPECT_FALSE(accepts(6, 20000.3F, aids)) << "nothing is said of its neighbours";
  EXPECT_FALSE(accepts(8, 20100, aids)) << "what has jumped says nothing of roundings";
  EXPECT_FALSE(accepts(9, 20000.3F, aids));
  for (size_t i = 16; i < 32; ++i) rounded[i] += 0.1;
  const Expected coarse = expect_real(2, rounded);
  aids.around = {{&moved, &coarse}};
  EXPECT_FALSE(accepts(7, 20000.3F, aids)) << "what most results lack is asked of typical inputs";
}

TEST(Check, KnowsThatAGiantMayBeTakenBack) {
  const Operator op =
      make_operator("dot", {"r", "k"}, {input("a", {"r", "k"}), input("x", {"k"}), output("y", {"r"})});
  const Axes axes = {{"r", 64}, {"k", 1024}};
  // 1e6 - 0.95e6 and ones between them: each of those is rounded at 1e6, all of them the same way.
  const Expected expected = expect_real(2, std::vector<double>(64, 5e4)),
                 sizes = expect_real(2, std::vector<double>(64, 1.95e6));
  std::vector<float> found(64, 5e4f);
  found[7] += 512 * 0x1p-25f * 1e6f;
  CheckAids aids;
  aids.style = InputStyle::one_hot;
  aids.absolute = &sizes;
  EXPECT_TRUE(check(op, axes, expected, found.data(), aids).ok);
  found[7] += 256;
  EXPECT_FALSE(check(op, axes, expected, found.data(), aids).ok) << "some of the ones are missing";
}

TEST(Check, TakesAlternativesAtNearTiesOnly) {
  const Operator op =
      make_operator("argmax", {"r", "c"}, {input("x", {"r", "c"}), output("y", {"r"}, Dtype::i32)});
  EXPECT_TRUE(needs_alternatives(op, {{"r", 3}, {"c", 10}}, InputStyle::typical));
  const Expected expected = expect_integer(1, {3, 7, 12}), moved = expect_integer(1, {3, 9, 12});
  CheckAids aids;
  aids.alternatives = {&moved};
  const int32_t tie[] = {3, 9, 12}, right[] = {3, 7, 12}, between[] = {3, 8, 12}, elsewhere[] = {9, 7, 12};
  const Axes axes = {{"r", 3}, {"c", 10}};
  EXPECT_TRUE(check(op, axes, expected, tie, aids).ok);
  EXPECT_TRUE(check(op, axes, expected, right, aids).ok);
  EXPECT_FALSE(check(op, axes, expected, elsewhere, aids).ok);
  EXPECT_FALSE(check(op, axes, expected, tie).ok);
  // Steps until an escape may end anywhere near; of equal numbers none but those seen is right.
  const int32_t near[] = {3, 11, 12}, far[] = {3, 12, 12};
  EXPECT_TRUE(check(op, axes, expected, between, aids).ok);
  EXPECT_TRUE(check(op, axes, expected, near, aids).ok);
  EXPECT_FALSE(check(op, axes, expected, far, aids).ok);
  const Expected few = expect_integer(1, {3, 7, 2}), one_moved = expect_integer(1, {3, 9, 2});
  const int32_t beyond_all[] = {3, 11, 2}, below_all[] = {3, 5, 2};
  aids.alternatives = {&one_moved};
  EXPECT_FALSE(check(op, axes, few, beyond_all, aids).ok) << "an index that no right answer is";
  EXPECT_TRUE(check(op, axes, few, below_all, aids).ok);
  aids.alternatives = {&moved};
  aids.style = InputStyle::constant_rows;
  EXPECT_FALSE(check(op, axes, expected, between, aids).ok);
  EXPECT_TRUE(check(op, axes, expected, tie, aids).ok);
}

TEST(Check, FollowsTheKernelItselfWithOtherRoundings) {
  const Operator op = row_operator();
  const Axes axes = {{"n", 64}};
  const Expected expected = expect_real(1, std::vector<double>(64, 1.0));
  CheckAids aids;
  aids.style = InputStyle::graded;
  const auto bound_with = [&](double error) {
    Expected rounded = expected;
    rounded[0].real[5] += error;
    aids.rounded = &rounded;
    return CheckPlan::make(op, axes, expected, aids)->bound(0, 9);
  };
  const double bound = bound_with(0);
  EXPECT_EQ(bound_with(0.3 * bound), bound) << "a third of it is what others are known to need";
  EXPECT_NEAR(bound_with(0.8 * bound), 2.4 * bound, 0.1 * bound);
  EXPECT_NEAR(bound_with(10 * bound), 16 * bound, 0.1 * bound) << "and no wider";
  EXPECT_EQ(bound_with(50 * bound), bound) << "that is a decision and no rounding";
  std::vector<float> found(64, 1);
  found[5] = static_cast<float>(1 + 50 * bound);
  Expected decided = expected;
  decided[0].real[5] = 1 + 50 * bound;
  aids.rounded = &decided;
  EXPECT_TRUE(check(op, axes, expected, found.data(), aids).ok);
  std::swap(found[5], found[6]);
  EXPECT_FALSE(check(op, axes, expected, found.data(), aids).ok) << "nobody decides so there";
}

TEST(Check, TakesNoEvidenceFromWhatIsRightByTheLuckOfItsOrder) {
  const Operator op = row_operator();
  const Axes axes = {{"n", 64}};
  const Expected expected = expect_real(1, std::vector<double>(64, 1e37));
  for (const InputStyle style : {InputStyle::giants, InputStyle::rescaled, InputStyle::heavy_tail}) {
    CheckAids aids;
    aids.style = style;
    Expected rounded = expected;
    aids.rounded = &rounded;
    EXPECT_TRUE(CheckPlan::make(op, axes, expected, aids)->is_evidence()) << name_of(style);
    for (const double other : {std::nan(""), HUGE_VAL, 0.0}) {
      rounded[0].real[3] = other;
      EXPECT_EQ(CheckPlan::make(op, axes, expected, aids)->is_evidence(), style == InputStyle::heavy_tail)
          << name_of(style) << ' ' << other;
    }
  }
}

TEST(Check, AsksOnBothSidesOfAThreshold) {
  const Operator counts =
      make_operator("escape", {"n"}, {input("x", {"n"}), output("steps", {"n"}, Dtype::i32)});
  Random random(5);
  const Axes axes = {{"n", 64}};
  const Inputs inputs = *draw_inputs(counts, axes, {}, InputStyle::typical, random);
  const std::vector<Inputs> moved = alternative_inputs(counts, axes, inputs, 7);
  ASSERT_EQ(moved.size(), 8u);
  for (size_t i = 0; i < moved.size(); i += 2)
    for (int64_t at = 0; at < 64; ++at) {
      const double x = inputs.arguments[0].get(at);
      EXPECT_LE((moved[i].arguments[0].get(at) - x) * (moved[i + 1].arguments[0].get(at) - x), 0) << i;
    }
}

// One direction hardly moves a dozen of a thousand ties; 8 bits have a rule of their own for them.
TEST(Check, AsksInTwoDirectionsOfWholeNumbersInLargeArrays) {
  const Axes axes = {{"n", 40000}};
  for (const auto& [dtype, moves] : {std::pair{Dtype::i32, 4u}, std::pair{Dtype::i8, 2u}}) {
    const Operator op = make_operator("round", {"n"}, {input("x", {"n"}), output("y", {"n"}, dtype)});
    Random random(5);
    const Inputs inputs = *draw_inputs(op, axes, {}, InputStyle::typical, random);
    const std::vector<Inputs> moved = alternative_inputs(op, axes, inputs, 7);
    ASSERT_EQ(moved.size(), moves);
    if (moves > 2) {
      EXPECT_NE(moved[0].arguments[0].get(7), moved[2].arguments[0].get(7));
    }
  }
}

TEST(Check, AcceptsBothSidesOfAJump) {
  const Operator op = row_operator();
  const Expected expected = expect_real(1, {0, 1, 2, 3}), moved = expect_real(1, {0, 2, 2, 3});
  CheckAids aids;
  aids.alternatives = {&moved};
  const float other_side[] = {0, 2, 2, 3}, between[] = {0, 1.5f, 2, 3};
  EXPECT_TRUE(check(op, {{"n", 4}}, expected, other_side, aids).ok);
  EXPECT_FALSE(check(op, {{"n", 4}}, expected, between, aids).ok);
}

}  // namespace
}  // namespace ke
