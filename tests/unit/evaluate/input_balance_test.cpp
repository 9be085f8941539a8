// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/input_balance.h"

#include "ke-build/evaluate/buffer.h"
#include "tests/unit/evaluate/math_fixture.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace ke {
namespace {

using namespace math_fixture;

// What is small in its own array counts as much as the rest where its partner makes up for it.
TEST(BalancedInputs, HaveFactorsFarApartWhoseProductsAreAlike) {
  constexpr int64_t kRows = 8, kColumns = 32;
  Operator op = make_operator("gemv", {"rows", "cols"},
                              {input("a", {"rows", "cols"}), input("x", {"cols"}), output("y", {"rows"})});
  int balanced = 0;
  for (uint64_t seed = 0; seed < 60; ++seed) {
    Random random(seed);
    const auto inputs =
        draw_inputs(op, {{"rows", kRows}, {"cols", kColumns}}, {}, InputStyle::graded, random);
    ASSERT_TRUE(inputs);
    const Buffer &a = inputs->arguments[0], &x = inputs->arguments[1];
    double largest = 0, least = HUGE_VAL, product = 0;
    for (int64_t c = 0; c < kColumns; ++c) {
      largest = std::max(largest, std::abs(x.get(c)));
      least = std::min(least, std::abs(x.get(c)));
      for (int64_t r = 0; r < kRows; ++r)
        product = std::max(product, std::abs(a.get(r * kColumns + c) * x.get(c)));
    }
    balanced += largest > 0x1p20 && least < 0x1p-10 && product < 64 && product > 1;
  }
  EXPECT_GE(balanced, 5);
}

TEST(BalancedInputs, HaveNoBalanceWhereNothingIsSummed) {
  Random random(1);
  EXPECT_FALSE(draw_shared_axis(
      make_operator("norm", {"rows", "cols"},
                    {input("x", {"rows", "cols"}), input("weight", {"cols"}), output("y", {"rows", "cols"})}),
      random));
  EXPECT_TRUE(draw_shared_axis(
      make_operator("square", {"n"},
                    {input("a", {"n", "n"}), input("b", {"n", "n"}), output("c", {"n", "n"})}),
      random));
}

}  // namespace
}  // namespace ke
