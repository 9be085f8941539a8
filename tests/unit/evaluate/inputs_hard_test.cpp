// SPDX-License-Identifier: MIT
// The inputs that bugs hide from: are they there, in every format, at the places that matter?
#include "ke-build/evaluate/inputs.h"
#include "ke-build/evaluate/inputs_scalars.h"
#include "ke-build/evaluate/power.h"
#include "ke-build/model/spec.h"
#include "tests/unit/evaluate/math_fixture.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

namespace ke {
namespace {

using namespace math_fixture;

constexpr size_t kHeight = 24, kWidth = 65;
const Axes kShape = {{"rows", kHeight}, {"cols", kWidth}};

Operator map_operator(Dtype dtype, Dtype result) {
  Argument x = input("x", {"rows", "cols"}, dtype);
  if (!is_floating(dtype)) {
    const auto low = static_cast<double>(lowest_integer(dtype));
    x = with_domain(x, dtype == Dtype::boolean ? Domain::Kind::mask : Domain::Kind::range, low,
                    static_cast<double>(highest_integer(dtype)));
  }
  return make_operator("map", {"rows", "cols"}, {x, output("y", {"rows", "cols"}, result)});
}

std::vector<double> drawn(const Operator& op, InputStyle style, uint64_t seed, const Axes& axes = kShape,
                          size_t argument = 0) {
  Random random(seed);
  auto inputs = draw_inputs(op, axes, {}, style, random);
  KE_CHECK(inputs.has_value());
  const Buffer& buffer = inputs->arguments[argument];
  return to_doubles(buffer.dtype(), buffer.data(), buffer.count());
}

bool offers(const Operator& op, InputStyle style) {
  const auto styles = legal_styles(op);
  return std::find(styles.begin(), styles.end(), style) != styles.end();
}

class EveryFormat : public ::testing::TestWithParam<Dtype> {};
class EveryReal : public EveryFormat {};
class EveryInteger : public EveryFormat {};
std::string format_name(const ::testing::TestParamInfo<Dtype>& info) { return name_of(info.param); }

INSTANTIATE_TEST_SUITE_P(Formats, EveryReal,
                         ::testing::Values(Dtype::f64, Dtype::f32, Dtype::f16, Dtype::bf16, Dtype::f8e4m3,
                                           Dtype::f8e5m2),
                         format_name);
INSTANTIATE_TEST_SUITE_P(Formats, EveryInteger,
                         ::testing::Values(Dtype::i64, Dtype::i32, Dtype::i16, Dtype::i8, Dtype::u8,
                                           Dtype::boolean),
                         format_name);

TEST_P(EveryReal, SpecialsStandInFirstMiddleAndLastPlaces) {
  const Operator op = map_operator(GetParam(), GetParam());
  ASSERT_TRUE(offers(op, InputStyle::specials));
  std::set<size_t> nan_places, low_places;
  bool zero = false, negative_zero = false, high = false;
  // What e4m3 has in the place of infinity is its largest number.
  const double infinity = round_to(GetParam(), HUGE_VAL);
  for (uint64_t seed = 0; seed < 40; ++seed) {
    const auto x = drawn(op, InputStyle::specials, seed);
    size_t clean = 0, specials = 0;
    for (size_t r = 0; r < kHeight; ++r) {
      size_t here = 0;
      for (size_t c = 0; c < kWidth; ++c) {
        const double v = x[r * kWidth + c];
        if (std::isnan(v)) nan_places.insert(c);
        if (v == -infinity) low_places.insert(c);
        high |= v == infinity;
        zero |= v == 0 && !std::signbit(v);
        negative_zero |= v == 0 && std::signbit(v);
        here += std::isnan(v) || std::abs(v) == infinity;
      }
      clean += here == 0;
      specials += here;
    }
    EXPECT_GT(specials, 0u);
    EXPECT_GE(clean, kHeight / 2) << "results beside them must still count";
  }
  for (const auto* places : {&nan_places, &low_places})
    for (size_t place : {size_t{0}, kWidth / 2, kWidth - 1}) EXPECT_TRUE(places->count(place)) << place;
  EXPECT_TRUE(zero && negative_zero && high);
}

TEST_P(EveryReal, MasksCoverWholeRowsAndWindows) {
  const Operator op = map_operator(GetParam(), GetParam());
  ASSERT_TRUE(offers(op, InputStyle::masked));
  const double masked = round_to(GetParam(), -HUGE_VAL);
  for (uint64_t seed = 0; seed < 20; ++seed) {
    const auto x = drawn(op, InputStyle::masked, seed);
    size_t whole = 0, windows = 0, finite = 0;
    const auto is_masked = [&](size_t r, size_t c) { return x[r * kWidth + c] == masked; };
    for (size_t r = 0; r < kHeight; ++r) {
      size_t in_row = 0;
      for (size_t c = 0; c < kWidth; ++c) in_row += is_masked(r, c);
      whole += in_row == kWidth;
      finite += kWidth - in_row;
      for (size_t c = 0; r + 2 < kHeight && c + 2 < kWidth; ++c)
        windows += is_masked(r, c) && is_masked(r, c + 2) && is_masked(r + 1, c + 1) && is_masked(r + 2, c) &&
                   is_masked(r + 2, c + 2);
    }
    EXPECT_GT(whole, 0u);
    EXPECT_GT(windows, 0u);
    EXPECT_GT(finite, kHeight * kWidth / 4);
  }
}

// A subnormal scale keeps few digits, and a giant of another argument would make them a large error.
TEST_P(EveryReal, ExtremesAreSmallOrLarge) {
  if (size_of(GetParam()) == 1) return;  // where small numbers are ordinary ones
  const Operator op = map_operator(GetParam(), Dtype::f32);
  const double middle = std::sqrt(smallest_normal(GetParam())) / 8;
  int tiny = 0, giant = 0;
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    bool subnormal = false, large = false;
    for (const double v : drawn(op, InputStyle::extremes, seed)) {
      subnormal |= v != 0 && std::abs(v) < smallest_normal(GetParam());
      large |= std::abs(v) > 1 / middle;
    }
    EXPECT_FALSE(subnormal && large) << seed;
    tiny += subnormal;
    giant += large;
  }
  EXPECT_GT(tiny, 2);
  if (size_of(GetParam()) >= 4) {
    EXPECT_GT(giant, 2);
  }
}

TEST(HardInputs, OfBfloat16HaveSquaresInFloat) {
  const Operator op = map_operator(Dtype::bf16, Dtype::f32);
  for (const InputStyle style : {InputStyle::extremes, InputStyle::rescaled})
    for (uint64_t seed = 1; seed <= 40; ++seed)
      for (const double v : drawn(op, style, seed)) EXPECT_LT(v * v * 4096, largest_finite(Dtype::f32)) << v;
}

TEST_P(EveryReal, RowsLieFarFromZero) {
  const Operator op = map_operator(GetParam(), GetParam());
  ASSERT_TRUE(offers(op, InputStyle::offset_rows));
  const double far = std::min(104.0, largest_finite(GetParam()) / 16);
  size_t below = 0, above = 0;
  for (uint64_t seed = 0; seed < 20; ++seed) {
    const auto x = drawn(op, InputStyle::offset_rows, seed);
    for (size_t r = 0; r < kHeight; ++r) {
      const auto row = x.begin() + static_cast<std::ptrdiff_t>(r * kWidth);
      below += *std::max_element(row, row + kWidth) < -far;
      above += *std::min_element(row, row + kWidth) > far;
    }
  }
  EXPECT_GT(below, 20u);
  EXPECT_GT(above, 10u);
}

TEST_P(EveryReal, ScaledTiesAreExact) {
  const Operator op = map_operator(GetParam(), Dtype::i8);
  ASSERT_TRUE(offers(op, InputStyle::ties));
  size_t halves = 0;
  for (double v : drawn(op, InputStyle::ties, 1)) halves += std::abs(v * 8 - std::trunc(v * 8)) == 0.5;
  EXPECT_GT(halves, kHeight * kWidth / 60) << "for a scale of 1/8";
  EXPECT_FALSE(offers(map_operator(GetParam(), GetParam()), InputStyle::ties)) << "nothing is rounded there";
}

TEST_P(EveryInteger, HaveTiesAndTheirNeighbours) {
  const Operator op = map_operator(GetParam(), GetParam());
  ASSERT_TRUE(offers(op, InputStyle::ties));
  EXPECT_FALSE(offers(op, InputStyle::specials));
  if (GetParam() == Dtype::boolean) return;
  std::map<int64_t, int> rests;
  for (double v : drawn(op, InputStyle::ties, 2)) ++rests[static_cast<int64_t>(std::fmod(std::abs(v), 16))];
  for (int64_t rest : {7, 8, 9}) EXPECT_GT(rests[rest], 3) << "of a division by 16";
}

TEST_P(EveryInteger, AreOftenEqualAndAtTheirEnds) {
  const Operator op = map_operator(GetParam(), Dtype::i32);
  const Axes large = {{"rows", 256}, {"cols", 256}};
  std::set<double> values;
  int aside = 0;
  for (uint64_t seed = 0; seed < 60; ++seed) {
    const auto x = drawn(op, InputStyle::constant_rows, seed, large);
    if (GetParam() != Dtype::boolean) {
      // Every second time but for one element, which is one more or one less.
      const auto [least, most] = std::minmax_element(x.begin(), x.end());
      EXPECT_LE(*most - *least, 1);
      const auto ends = std::count(x.begin(), x.end(), *least);
      EXPECT_TRUE(*most == *least || ends == 1 || static_cast<size_t>(ends) + 1 == x.size());
      aside += *most != *least;
    }
    values.insert(x.begin(), x.end());
  }
  // One more or less is no other double at the ends of int64.
  const bool seen = GetParam() != Dtype::boolean && GetParam() != Dtype::i64;
  EXPECT_TRUE(!seen || (aside > 10 && aside < 50)) << aside;
  EXPECT_TRUE(values.count(static_cast<double>(lowest_integer(GetParam()))));
  EXPECT_TRUE(values.count(static_cast<double>(highest_integer(GetParam()))));
}

TEST_P(EveryReal, TheNextLowerFormatFails) {
  const Operator op = map_operator(GetParam(), GetParam());
  Random random(3);
  auto inputs = draw_inputs(op, kShape, {}, InputStyle::typical, random);
  const std::vector<double> y =
      to_doubles(GetParam(), inputs->arguments[0].data(), inputs->arguments[0].count());
  bool changed = false;
  const Inputs rough = lower_precision(op, *inputs, &changed);
  ASSERT_TRUE(changed);
  const auto plan = CheckPlan::make(op, kShape, expect_real(1, y));
  EXPECT_TRUE(plan->check({inputs->arguments[0].data()}).ok);
  EXPECT_FALSE(plan->check({rough.arguments[0].data()}).ok);
}

TEST_P(EveryInteger, OneStepIsWrong) {
  const Operator op = map_operator(GetParam(), GetParam());
  Buffer found(GetParam(), kHeight * kWidth);
  const auto plan = CheckPlan::make(op, kShape, expect_integer(1, std::vector<int64_t>(kHeight * kWidth, 0)));
  EXPECT_TRUE(plan->check({found.data()}).ok);
  found.set(17, 1);
  EXPECT_FALSE(plan->check({found.data()}).ok);
}

TEST(Tf32Tolerance, LetsProductsRoundToTenBitsAndNoFurther) {
  Operator op = gemm();
  op.tolerance.products = 0x1p-11;
  const Axes axes = {{"m", 40}, {"n", 40}, {"k", 64}};
  Random random(4);
  auto inputs = draw_inputs(op, axes, {}, InputStyle::typical, random);
  const auto product = [&](int bits) {
    const auto cut = [&](double v) {
      int exponent = 0;
      const double fraction = std::frexp(v, &exponent);
      return std::ldexp(std::nearbyint(std::ldexp(fraction, bits)), exponent - bits);
    };
    std::vector<double> c(40 * 40, 0);
    for (int64_t i = 0; i < 40; ++i)
      for (int64_t j = 0; j < 40; ++j)
        for (int64_t p = 0; p < 64; ++p)
          c[static_cast<size_t>(i * 40 + j)] +=
              cut(inputs->arguments[0].get(i * 64 + p)) * cut(inputs->arguments[1].get(p * 40 + j));
    return c;
  };
  const auto accepts = [&](int bits) {
    Buffer found(Dtype::f32, 40 * 40);
    from_doubles(Dtype::f32, product(bits), found.data());
    return CheckPlan::make(op, axes, expect_real(2, product(53)))->check({found.data()}).ok;
  };
  EXPECT_TRUE(accepts(24));
  EXPECT_TRUE(accepts(11)) << "tf32";
  EXPECT_FALSE(accepts(4)) << "far below it";
  op.tolerance.products = 0;
  EXPECT_FALSE(accepts(11)) << "nobody allowed it";
}

TEST(HardInputs, ZeroMeetsNanInBothOperands) {
  const Operator op = gemm();
  const Axes axes = {{"m", 30}, {"n", 31}, {"k", 32}};
  bool met[2] = {false, false};
  for (uint64_t seed = 0; seed < 20; ++seed) {
    const auto a = drawn(op, InputStyle::specials, seed, axes, 0),
               b = drawn(op, InputStyle::specials, seed, axes, 1);
    for (size_t p = 0; p < 32; ++p) {
      bool zero_a = false, special_a = false, zero_b = false, special_b = false;
      for (size_t i = 0; i < 30; ++i) {
        zero_a |= a[i * 32 + p] == 0;
        special_a |= !std::isfinite(a[i * 32 + p]);
      }
      for (size_t j = 0; j < 31; ++j) {
        zero_b |= b[p * 31 + j] == 0;
        special_b |= !std::isfinite(b[p * 31 + j]);
      }
      met[0] |= zero_a && special_b;
      met[1] |= special_a && zero_b;
    }
  }
  EXPECT_TRUE(met[0] && met[1]);
}

TEST(Scalars, VisitTheEndsOfTheirDomainAndZero) {
  Operator op = make_operator("row", {"n"}, {input("x", {"n"}), output("y", {"n"})});
  Argument shift = with_domain(input("shift", {}, Dtype::i32), Domain::Kind::range, -3, 24);
  shift.domain.declared = true;
  op.arguments.push_back(shift);
  op.arguments.push_back(with_domain(input("depth", {}, Dtype::i32), Domain::Kind::range, -100, 100));
  op.arguments.push_back(input("eps", {}));
  Random random(5);
  ScalarDealer dealer(op, random);
  std::set<double> shifts, depths;
  for (int i = 0; i < 12; ++i) {
    const auto dealt = dealer.deal({{"n", 4}}, {{"shift", 7}, {"depth", 5}, {"eps", 1e-5}});
    shifts.insert(dealt.at("shift"));
    depths.insert(dealt.at("depth"));
    EXPECT_TRUE(dealt.at("eps") >= 0.5e-5 && dealt.at("eps") <= 2e-5);
    EXPECT_TRUE(i > 0 || dealt.at("shift") == 7) << "the workload's own comes first";
  }
  for (double value : {-3.0, 0.0, 7.0, 24.0}) EXPECT_TRUE(shifts.count(value)) << value;
  EXPECT_GT(shifts.size(), 4u) << "and others";
  EXPECT_EQ(depths, std::set<double>{5}) << "nobody said what else is legal";
  for (int i = 0; i < 12; ++i) {
    const auto halving = halving_scalars(op, {{"shift", 7}, {"depth", 5}, {"eps", 1e-5}}, random);
    EXPECT_TRUE(halving.at("shift") == 4 || halving.at("shift") == 8 || halving.at("shift") == 16);
    EXPECT_EQ(halving.at("depth"), 5);
    EXPECT_EQ(halving.at("eps"), 0x1p-17);
  }
}

TEST(StretchedAxes, KeepOneLongAxis) {
  Operator op =
      make_operator("bag", {"vocab", "dim", "total"},
                    {input("table", {"vocab", "dim"}),
                     with_domain(input("ids", {"total"}, Dtype::i32), Domain::Kind::index, 0, 0, "vocab"),
                     output("y", {"total", "dim"})});
  op.hidden = {{"vocab", {1, 100000}}, {"dim", {1, 768}}, {"total", {1, 3000}}};
  std::set<std::string> longest;
  for (uint64_t seed = 0; seed < 10; ++seed) {
    Random random(seed);
    const auto shapes = stretched_axes(op, random, 4, 1 << 18);
    ASSERT_EQ(shapes.size(), 4u);
    EXPECT_EQ(shapes[0].at("vocab"), 100000);
    EXPECT_EQ(shapes[0].at("total"), 3000) << "it does not help to cut it";
    for (const Axes& axes : shapes) {
      for (const Argument& argument : op.arguments) EXPECT_LE(*element_count(argument, axes), 1 << 18);
      for (const auto& [name, range] : op.hidden)
        if (axes.at(name) == range.high) longest.insert(name);
    }
  }
  EXPECT_EQ(longest.size(), 3u);
}

}  // namespace
}  // namespace ke
