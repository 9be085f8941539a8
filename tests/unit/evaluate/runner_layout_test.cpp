// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/runner_layout.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace ke {
namespace {

constexpr RunnerSlot kInput{1200, 16, false, false, 0}, kOutput{1200, 16, true, false, 0},
    kSize{8, 8, false, true, 0};

TEST(RunnerLayout, ArraysTouchAnUnmappedPageOrLieAnywhere) {
  std::set<uint64_t> touching, anywhere;
  for (uint64_t seed = 0; seed < 64; ++seed) {
    for (const bool free : {false, true}) {
      const auto layout = make_layout({kInput, kOutput}, 1, seed, 0, {-1, free});
      ASSERT_TRUE(layout);
      for (const ke_runner::Argument& argument : layout->arguments) {
        EXPECT_EQ(argument.place % 16, 0u);
        (free ? anywhere : touching).insert(argument.place % 4096);
        const bool fits =
            std::any_of(layout->regions.begin(), layout->regions.end(), [&](const auto& region) {
              return argument.place >= region.place &&
                     argument.place + argument.bytes <= region.place + region.bytes;
            });
        EXPECT_TRUE(fits);
      }
    }
  }
  EXPECT_EQ(touching, (std::set<uint64_t>{0, 4096 - 1200}));
  EXPECT_GT(anywhere.size(), 64u);
}

TEST(RunnerLayout, AnInputLiesOnTheOutputThatItIsCalledInPlaceOf) {
  RunnerSlot on_output = kOutput;
  on_output.lies_on = 1;
  const auto layout = make_layout({on_output, kOutput, kSize}, 3, 9);
  ASSERT_TRUE(layout);
  for (size_t call = 0; call < 3; ++call) {
    const auto &input = layout->arguments[3 * call], &output = layout->arguments[3 * call + 1];
    EXPECT_EQ(input.place, output.place);
    EXPECT_EQ(input.file_offset, output.file_offset);
    EXPECT_NE(layout->arguments[3 * call + 2].place, output.place);
  }
}

TEST(RunnerLayout, VariedPlacesAreBothKinds) {
  std::set<uint64_t> places;
  for (uint64_t seed = 0; seed < 8; ++seed) {
    const auto layout = make_layout({kInput, kOutput}, 8, seed, 0, {-1, false, true});
    ASSERT_TRUE(layout);
    for (const ke_runner::Argument& argument : layout->arguments) places.insert(argument.place % 4096);
  }
  EXPECT_TRUE(places.count(0) && places.count(4096 - 1200));
  EXPECT_GT(places.size(), 20u);
}

TEST(RunnerLayout, WhatLiesBesideInputsIsNoZero) {
  const auto layout = make_layout({kInput, kOutput}, 2, 3);
  ASSERT_TRUE(layout);
  std::vector<std::byte> inputs(layout->input_bytes);
  fill_neighbours(*layout, 7, inputs.data());
  for (const ke_runner::Argument& argument : layout->arguments) {
    if (argument.writable) continue;
    const bool first = argument.file_offset % 4096 == 0;
    const uint64_t beside = first ? argument.file_offset + argument.bytes : argument.file_offset - 64;
    const auto zeros =
        std::count(inputs.begin() + long(beside), inputs.begin() + long(beside) + 64, std::byte{0});
    EXPECT_LT(zeros, 8);
    EXPECT_EQ(std::count(inputs.begin() + long(argument.file_offset),
                         inputs.begin() + long(argument.file_offset + argument.bytes), std::byte{0}),
              long(argument.bytes))
        << "the argument itself is left alone";
  }
}

TEST(RunnerLayout, TheNumbersOfATrapLieNowhere) {
  const auto layout = make_layout({kInput, kOutput, kSize}, 4, 5, 0, {2, false});
  ASSERT_TRUE(layout);
  for (size_t call = 0; call < 4; ++call) {
    const bool nowhere = layout->arguments[3 * call + 2].file_offset >= layout->input_bytes;
    EXPECT_EQ(nowhere, call == 2) << call;
    EXPECT_LT(layout->arguments[3 * call].file_offset, layout->input_bytes);
  }
}

}  // namespace
}  // namespace ke
