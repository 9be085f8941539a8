// SPDX-License-Identifier: MIT
// Near-copies of inputs: single numbers changed, or two exchanged.
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

// A checksum whose weights repeat does not feel two elements that change places so many apart.
TEST(WideInputs, ChangePlacesAPowerOfTwoApart) {
  const Operator op = make_operator("map", {"n"}, {input("x", {"n"}), output("y", {"n"})});
  int far = 0;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    Random random(seed);
    auto inputs = draw_inputs(op, {{"n", 1000}}, {}, InputStyle::typical, random);
    ASSERT_TRUE(inputs);
    const Inputs before = copy_of(*inputs);
    ASSERT_TRUE(mutate_one(op, {{"n", 1000}}, *inputs, random));
    std::vector<int64_t> changed;
    for (int64_t i = 0; i < 1000; ++i)
      if (before.arguments[0].get(i) != inputs->arguments[0].get(i)) changed.push_back(i);
    far += changed.size() == 2 && (changed[1] - changed[0]) % 64 == 0;
  }
  EXPECT_GE(far, 8);
}

TEST(Mutation, SometimesExchangesTwoElements) {
  const Operator op = make_operator("map", {"n"}, {input("x", {"n"}), output("y", {"n"})});
  size_t exchanged = 0, changed = 0;
  for (uint64_t seed = 0; seed < 60; ++seed) {
    Random random(seed);
    auto inputs = draw_inputs(op, {{"n", 50}}, {}, InputStyle::typical, random);
    ASSERT_TRUE(inputs);
    const auto before = to_doubles(Dtype::f32, inputs->arguments[0].data(), 50);
    ASSERT_TRUE(mutate_one(op, {{"n", 50}}, *inputs, random));
    auto after = to_doubles(Dtype::f32, inputs->arguments[0].data(), 50);
    EXPECT_NE(before, after);
    auto same = before;
    std::sort(same.begin(), same.end());
    std::sort(after.begin(), after.end());
    ++(same == after ? exchanged : changed);
  }
  EXPECT_GE(exchanged, 5u);
  EXPECT_GE(changed, 20u);
}

}  // namespace
}  // namespace ke
