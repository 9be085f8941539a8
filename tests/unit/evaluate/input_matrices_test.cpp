// SPDX-License-Identifier: MIT
// Positive definite matrices: which kinds are drawn, and what changes one of them.
#include "ke-build/evaluate/input_matrices.h"

#include "ke-build/evaluate/buffer.h"
#include "ke-build/evaluate/inputs.h"
#include "tests/unit/evaluate/math_fixture.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace ke {
namespace {

using namespace math_fixture;

constexpr size_t kRows = 24;

std::vector<double> drawn(Dtype dtype, InputStyle style, uint64_t seed, bool shrinks = true) {
  Random random(seed);
  std::vector<double> values(kRows * kRows);
  fill_spd(values, kRows, 1, dtype, style, shrinks, random);
  return values;
}

/// By Sylvester's criterion: all pivots of an elimination are positive.
bool positive_definite(std::vector<double> a) {
  for (size_t k = 0; k < kRows; ++k) {
    if (!(a[k * kRows + k] > 0)) return false;
    for (size_t i = k + 1; i < kRows; ++i)
      for (size_t j = kRows; j-- > k;)
        a[i * kRows + j] -= a[i * kRows + k] / a[k * kRows + k] * a[k * kRows + j];
  }
  return true;
}

bool symmetric(const std::vector<double>& a) {
  for (size_t i = 0; i < kRows; ++i)
    for (size_t j = 0; j < i; ++j)
      if (a[i * kRows + j] != a[j * kRows + i]) return false;
  return true;
}

/// How far elements reach from the diagonal in a row.
size_t reach(const std::vector<double>& a, size_t row) {
  size_t most = 0;
  for (size_t j = 0; j < kRows; ++j)
    if (a[row * kRows + j] != 0) most = std::max(most, j > row ? j - row : row - j);
  return most;
}

TEST(Matrices, AreBandsAndBlocksAndSmallAsAWhole) {
  int bands = 0, narrow_at_both_ends = 0, small = 0;
  for (uint64_t seed = 0; seed < 60; ++seed) {
    const std::vector<double> a = drawn(Dtype::f64, InputStyle::spikes, seed);
    ASSERT_TRUE(symmetric(a) && positive_definite(a)) << seed;
    size_t widest = 0;
    for (size_t row = 0; row < kRows; ++row) widest = std::max(widest, reach(a, row));
    bands += widest < kRows / 2;
    narrow_at_both_ends += std::max(reach(a, 0), reach(a, kRows - 1)) + 1 < widest;
    small += *std::max_element(a.begin(), a.end()) < 1e-4;
  }
  EXPECT_GT(bands, 5);
  EXPECT_GT(narrow_at_both_ends, 3) << "the first and the last row do not say what is between";
  EXPECT_GT(small, 3);
}

TEST(Matrices, OfShortFormatsAndWhereNearIsAnAbsoluteDistanceKeepTheirSize) {
  for (uint64_t seed = 0; seed < 40; ++seed) {
    for (const auto& a :
         {drawn(Dtype::f16, InputStyle::spikes, seed), drawn(Dtype::f64, InputStyle::spikes, seed, false)})
      EXPECT_GT(*std::max_element(a.begin(), a.end()), 1e-3) << seed;
  }
}

TEST(Matrices, ThatAreTypicalAreDense) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    const std::vector<double> a = drawn(Dtype::f32, InputStyle::typical, seed);
    EXPECT_EQ(std::count(a.begin(), a.end(), 0.0), 0) << seed;
  }
}

// Who keeps an answer and knows its question by some of the numbers must meet one that differs elsewhere.
TEST(Matrices, ChangeIntoOthersOfTheDomain) {
  const Operator op =
      make_operator("solve", {"n"},
                    {with_domain(input("a", {"n", "n"}, Dtype::f64), Domain::Kind::spd), output("y", {"n"})});
  const Axes axes = {{"n", static_cast<int64_t>(kRows)}};
  Random random(4);
  int same_diagonal = 0, same_sum = 0;
  for (int k = 0; k < 60; ++k) {
    auto inputs = draw_inputs(op, axes, {}, InputStyle::typical, random);
    ASSERT_TRUE(inputs) << inputs.error().message;
    const auto numbers = [&] {
      const Buffer& buffer = inputs->arguments[0];
      return to_doubles(buffer.dtype(), buffer.data(), buffer.count());
    };
    std::vector<double> before = numbers();
    ASSERT_TRUE(mutate_one(op, axes, *inputs, random));
    std::vector<double> after = numbers();
    EXPECT_NE(before, after);
    EXPECT_TRUE(symmetric(after) && positive_definite(after)) << k;
    bool diagonal = true;
    for (size_t i = 0; i < kRows; ++i) diagonal &= before[i * kRows + i] == after[i * kRows + i];
    same_diagonal += diagonal;
    std::sort(before.begin(), before.end());
    std::sort(after.begin(), after.end());
    same_sum += before == after;
  }
  EXPECT_GT(same_diagonal, 15);
  EXPECT_GT(same_sum, 15);
}

TEST(Matrices, OfOneElementOrAllAlikeAreLeftAlone) {
  Random random(1);
  Buffer one(Dtype::f64, 1);
  one.set(0, 2);
  EXPECT_FALSE(change_spd(one, 1, random));
  Buffer unit(Dtype::f64, 9);
  for (int64_t i = 0; i < 9; ++i) unit.set(i, i % 4 == 0);
  for (int k = 0; k < 20; ++k)
    EXPECT_FALSE(change_spd(unit, 3, random)) << "the same rows exchanged, zeros moved";
}

}  // namespace
}  // namespace ke
