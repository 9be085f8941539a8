// SPDX-License-Identifier: MIT
// How large inputs are: whole numbers, powers of two, giants, decimals.
#include "ke-build/base/text.h"
#include "ke-build/evaluate/buffer.h"
#include "ke-build/evaluate/check.h"
#include "ke-build/evaluate/input_values.h"
#include "ke-build/evaluate/inputs.h"
#include "ke-build/evaluate/inputs_scalars.h"
#include "tests/unit/evaluate/rows_fixture.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>
#include <set>

namespace ke {
namespace {

using namespace rows_fixture;

TEST(WideInputs, HaveLargeWholeNumbersToo) {
  double largest = 0;
  size_t few = 0;
  for (uint64_t seed = 0; seed < 40; ++seed) {
    double most = 0;
    for (const auto& row : rows_of(rows_operator(), InputStyle::small_integers, seed))
      for (const double v : row) {
        EXPECT_EQ(v, std::nearbyint(v));
        most = std::max(most, std::abs(v));
      }
    few += most <= 4;
    largest = std::max(largest, most);
  }
  EXPECT_GE(few, 10u);
  EXPECT_GT(largest, 40000);
}

TEST(WideInputs, AreRescaledBeyondWhereSquaresAreNumbers) {
  std::map<int, int> tiers;
  for (uint64_t seed = 0; seed < 80; ++seed) {
    double most = 0;
    for (const auto& row : rows_of(rows_operator(), InputStyle::rescaled, seed))
      for (const double v : row) most = std::max(most, std::abs(v));
    ASSERT_TRUE(std::isfinite(most));
    ++tiers[std::ilogb(most) / 32];
  }
  EXPECT_TRUE(tiers.count(3) && tiers.count(1)) << "squares overflow; squares are numbers";
  EXPECT_TRUE(tiers.count(-2) || tiers.count(-3));
}

TEST(WideInputs, AreRescaledAsFarAsDoublesReach) {
  Operator op = rows_operator();
  for (Argument& argument : op.arguments) argument.dtype = Dtype::f64;
  int most = 0;
  for (uint64_t seed = 0; seed < 80; ++seed)
    for (const auto& row : rows_of(op, InputStyle::rescaled, seed))
      for (const double v : row) most = std::max(most, std::ilogb(v));
  EXPECT_GT(most, 512) << "squares overflow";
  EXPECT_LT(most, 1024);
}

TEST(WideInputs, OfSixtyFourBitsUseAllOfThem) {
  Operator op = make_operator("latest", {"n"}, {input("x", {"n"}), output("y", {"n"})});
  op.arguments[0].dtype = Dtype::i64;
  op.arguments[0].domain.kind = Domain::Kind::range;
  op.arguments[0].domain.low = -0x1p62;
  op.arguments[0].domain.high = 0x1p62;
  Random random(4);
  const auto inputs = draw_inputs(op, {{"n", 1000}}, {}, InputStyle::typical, random);
  ASSERT_TRUE(inputs);
  size_t odd = 0;
  for (int64_t i = 0; i < 1000; ++i) {
    const int64_t value = load_integer(Dtype::i64, inputs->arguments[0].data(), i);
    EXPECT_LE(value, int64_t{1} << 62);
    EXPECT_GE(value, -(int64_t{1} << 62));
    odd += value % 2 != 0;
  }
  EXPECT_GT(odd, 100u) << "no double of this size is odd";
}

/// Rows whose largest magnitude is above 2^100, and the largest sum of magnitudes of all.
std::pair<int, double> giants_of(const Operator& op) {
  int rows = 0;
  double most = 0;
  for (uint64_t seed = 0; seed < 40; ++seed) {
    double sum = 0;
    for (const auto& row : rows_of(op, InputStyle::giants, seed)) {
      double largest = 0;
      for (const double v : row) {
        largest = std::max(largest, std::abs(v));
        sum += std::abs(v);
      }
      rows += largest > 0x1p100;
    }
    most = std::max(most, sum);
  }
  return {rows, most};
}

TEST(WideInputs, AreGiantsThatNoSumMakesInfinite) {
  Operator op = rows_operator();
  op.contract.finite_only = true;
  const auto legal = legal_styles(op);
  for (const InputStyle style : {InputStyle::giants, InputStyle::extremes})
    EXPECT_EQ(std::count(legal.begin(), legal.end(), style), 1) << name_of(style);
  const auto [rows, sum] = giants_of(op);
  EXPECT_GE(rows, 400);
  EXPECT_LE(sum, largest_finite(Dtype::f32) / 16);
  Operator product = op;
  product.arguments.insert(product.arguments.begin() + 1, input("factor", {"cols"}));
  product.arguments[1].domain.kind = Domain::Kind::range;
  product.arguments[1].domain.low = -1600;
  product.arguments[1].domain.high = 100;
  EXPECT_LE(giants_of(product).second, largest_finite(Dtype::f32) / 1600) << "nor a sum of products";
  op.tolerance.kind = Tolerance::Kind::exact;
  EXPECT_GT(giants_of(op).second, largest_finite(Dtype::f32)) << "copies are right up to the largest number";
  op.tolerance.kind = Tolerance::Kind::absolute;
  const auto near = legal_styles(op);
  EXPECT_EQ(std::count(near.begin(), near.end(), InputStyle::giants), 0);
  Operator nearest = make_operator("nearest", {"rows", "cols"},
                                   {input("x", {"rows", "cols"}), output("y", {"rows"}, Dtype::i32)});
  nearest.contract.finite_only = true;
  const auto placed = legal_styles(nearest);
  for (const InputStyle style : {InputStyle::giants, InputStyle::extremes})
    EXPECT_EQ(std::count(placed.begin(), placed.end(), style), 0) << "all others are alike";
}

TEST(WideInputs, AreDecimalsOfTheirOwnSize) {
  EXPECT_EQ(nearest_decimal(0.312, 10), 0.3);
  EXPECT_EQ(nearest_decimal(-7.26, 20), -7.25);
  EXPECT_EQ(nearest_decimal(3.4e-6, 10), 3e-6) << "small ones do not become zeros";
  EXPECT_EQ(nearest_decimal(0, 10), 0);
}

TEST(WideInputs, OfExactDoublesAreDecimalsNowAndThen) {
  Operator op =
      make_operator("bins", {"n"}, {input("x", {"n"}, Dtype::f64), output("bin", {"n"}, Dtype::i32)});
  const auto decimals = [&] {
    int count = 0;
    for (uint64_t seed = 0; seed < 10; ++seed) {
      Random random(seed);
      const auto inputs = draw_inputs(op, {{"n", 100}}, {}, InputStyle::ties, random);
      EXPECT_TRUE(inputs) << inputs.error().message;
      for (int64_t i = 0; inputs && i < 100; ++i) {
        const double value = inputs->arguments[0].get(i);
        count += value == std::round(10 * value) / 10 && value != std::round(2 * value) / 2;
      }
    }
    return count;
  };
  EXPECT_EQ(decimals(), 0) << "where the tolerance is not exact";
  op.tolerance.kind = Tolerance::Kind::exact;
  EXPECT_GT(decimals(), 50);
  op.arguments[0].shape = {"n", "k"};
  Random random(1);
  EXPECT_FALSE(is_exact_elementwise(op, {{"n", 10}, {"k", 3}})) << "sums of decimals hang on their order";
}

TEST(WideInputs, AreGiantsThatAreGatheredManyTimes) {
  Operator op = make_operator("spmv", {"rows", "cols", "total"},
                              {input("values", {"total"}), input("columns", {"total"}, Dtype::i32),
                               input("x", {"cols"}), output("y", {"rows"})});
  op.contract.finite_only = true;
  op.arguments[1].domain.kind = Domain::Kind::index;
  op.arguments[1].domain.axis = "cols";
  op.tolerance.reduction = "total";
  int grown = 0;
  for (uint64_t seed = 0; seed < 60; ++seed) {
    Random random(seed);
    const auto inputs =
        draw_inputs(op, {{"rows", 1}, {"cols", 2}, {"total", 3594}}, {}, InputStyle::giants, random);
    ASSERT_TRUE(inputs) << inputs.error().message;
    const auto& in = inputs->arguments;
    double sum = 0;
    for (int64_t k = 0; k < in[0].count(); ++k)
      sum += std::abs(in[0].get(k) * in[2].get(static_cast<int64_t>(in[1].get(k))));
    EXPECT_LE(sum, largest_finite(Dtype::f32) / 2) << seed;
    grown += std::max(std::abs(in[2].get(0)), std::abs(in[2].get(1))) > 0x1p100;
  }
  EXPECT_GT(grown, 15);
}

}  // namespace
}  // namespace ke
