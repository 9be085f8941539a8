// SPDX-License-Identifier: MIT
// Inputs that nobody thinks of: padding, runs, rows of different sizes, what samples do not show.
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

TEST(WideInputs, HaveRowsOfZerosAndRowsPaddedAtEitherEnd) {
  size_t whole = 0, front = 0, behind = 0, half = 0;
  for (uint64_t seed = 0; seed < 20; ++seed) {
    for (const auto& row : rows_of(rows_operator(), InputStyle::sparse, seed)) {
      const auto zeros = static_cast<size_t>(std::count(row.begin(), row.end(), 0.0));
      const bool starts = std::all_of(row.begin(), row.begin() + 24, [](double v) { return v == 0; });
      const bool ends = std::all_of(row.end() - 24, row.end(), [](double v) { return v == 0; });
      whole += zeros == kLong;
      front += starts && !ends;
      behind += ends && !starts;
      half += !starts && !ends && zeros > kLong / 4 && zeros < 3 * kLong / 4;
    }
  }
  for (const size_t kind : {whole, front, behind, half}) EXPECT_GE(kind, 20u);
}

TEST(WideInputs, HaveRunsThatFillWholeWordsAndOthers) {
  size_t aligned = 0, others = 0, alone = 0, longest = 0;
  for (uint64_t seed = 0; seed < 20; ++seed) {
    for (const auto& row : rows_of(rows_operator(), InputStyle::runs, seed)) {
      for (size_t begin = 0; begin < row.size();) {
        size_t end = begin;
        while (end < row.size() && row[end] == row[begin]) ++end;
        longest = std::max(longest, end - begin);
        alone += end - begin == 1;
        const bool whole = begin % 16 == 0 && (end - begin) % 16 == 0;
        (whole ? aligned : others) += end - begin >= 16;
        begin = end;
      }
    }
  }
  EXPECT_GE(longest, 48u);
  for (const size_t kind : {aligned, others, alone}) EXPECT_GE(kind, 20u);
}

TEST(WideInputs, OfBytesHaveTextInRuns) {
  const Operator op = make_operator("bytes", {"n"}, {input("x", {"n"}, Dtype::u8), output("y", {"n"})});
  std::map<double, int> seen;
  for (uint64_t seed = 0; seed < 40; ++seed) {
    Random random(seed);
    const auto inputs = draw_inputs(op, {{"n", 4000}}, {}, InputStyle::runs, random);
    ASSERT_TRUE(inputs);
    for (int64_t i = 0; i < 4000; ++i) ++seen[inputs->arguments[0].get(i)];
  }
  for (const double common : {0.0, 10.0, 32.0, 48.0, 97.0, 255.0}) EXPECT_GE(seen[common], 100) << common;
}

// Marks in front, surrogates, letters with more bytes than they need, and many letters of two bytes one
// behind the other.
TEST(WideInputs, OfBytesHaveLettersOfSeveralBytes) {
  const Operator op = make_operator(
      "bytes", {"n"},
      {with_domain(input("x", {"n"}, Dtype::u8), Domain::Kind::range, 0, 255), output("y", {"n"})});
  int marks = 0, surrogates = 0, too_long = 0, pairs = 0;
  for (uint64_t seed = 0; seed < 60; ++seed) {
    Random random(seed);
    const auto inputs = draw_inputs(op, {{"n", 3000}}, {}, InputStyle::runs, random);
    ASSERT_TRUE(inputs);
    const Buffer& x = inputs->arguments[0];
    const auto at = [&](int64_t i) { return static_cast<int>(x.get(i)); };
    const auto follows = [&](int64_t i) { return (at(i) & 0xc0) == 0x80; };
    marks += at(0) == 0xef && at(1) == 0xbb && at(2) == 0xbf;
    int row = 0, longest = 0;
    for (int64_t i = 0; i + 2 < 3000; ++i) {
      surrogates += at(i) == 0xed && at(i + 1) >= 0xa0 && follows(i + 1) && follows(i + 2);
      too_long += (at(i) == 0xc0 || at(i) == 0xc1) && follows(i + 1);
      row = (at(i) & 0xe0) == 0xc0 && follows(i + 1) ? row + 1 : follows(i) ? row : 0;
      longest = std::max(longest, row);
    }
    pairs += longest >= 32;
  }
  EXPECT_GE(marks, 2);
  EXPECT_GE(surrogates, 20);
  EXPECT_GE(too_long, 20);
  EXPECT_GE(pairs, 5);
}

TEST(WideInputs, HaveRowsWithoutAPositiveNumberBeyondSentinels) {
  bool seen = false;
  for (uint64_t seed = 0; seed < 80; ++seed)
    for (const auto& row : rows_of(rows_operator(), InputStyle::rescaled, seed))
      seen |= *std::max_element(row.begin(), row.end()) < -1e30;
  EXPECT_TRUE(seen);
}

TEST(WideInputs, HaveRowsAndColumnsOfVeryDifferentSizes) {
  std::set<int> rows, columns;
  for (uint64_t seed = 0; seed < 8; ++seed) {
    std::vector<double> tallest(kLong, 0);
    for (const auto& row : rows_of(rows_operator(), InputStyle::graded, seed)) {
      double largest = 0;
      for (size_t c = 0; c < kLong; ++c) {
        largest = std::max(largest, std::abs(row[c]));
        tallest[c] = std::max(tallest[c], std::abs(row[c]));
      }
      rows.insert(std::ilogb(largest));
    }
    for (const double largest : tallest) columns.insert(std::ilogb(largest));
  }
  for (const std::set<int>& sizes : {rows, columns}) {
    EXPECT_GE(sizes.size(), 5u);
    EXPECT_GE(*sizes.rbegin(), 0);
    EXPECT_LE(*sizes.begin(), -16);
  }
}

// -2 times -32768, and once more: the largest sums are where all ranges are at an end at once.
TEST(WideInputs, HaveAllRangesAtAnEndAtOnce) {
  Operator op = make_operator("mix", {"tracks", "n"},
                              {input("gain", {"tracks"}), input("track", {"tracks", "n"}, Dtype::i16),
                               output("y", {"n"}, Dtype::i16)});
  op.arguments[0].domain = range_of(-2, 2);
  op.arguments[1].domain = range_of(-32768, 32767);
  int together = 0, nearly = 0;
  for (uint64_t seed = 0; seed < 400; ++seed) {
    Random random(seed);
    const auto inputs = draw_inputs(op, {{"tracks", 4}, {"n", 16}}, {}, InputStyle::constant_rows, random);
    ASSERT_TRUE(inputs);
    const Buffer &gain = inputs->arguments[0], &track = inputs->arguments[1];
    bool both = false;
    for (int64_t t = 0; t + 1 < 4; ++t)
      both |= gain.get(t) == -2 && gain.get(t + 1) == -2 && track.get(16 * t + 5) == -32768 &&
              track.get(16 * t + 21) == -32768;
    together += both;
    const auto others = draw_inputs(op, {{"tracks", 4}, {"n", 16}}, {}, InputStyle::nearly, random);
    ASSERT_TRUE(others);
    int highest = 0;
    for (int64_t t = 0; t < 4; ++t) highest += others->arguments[0].get(t) == 2;
    nearly += highest == 3;
  }
  EXPECT_GE(together, 5);
  EXPECT_GE(nearly, 2);
}

TEST(WideInputs, AreFaintButNotNothingForWholeOutputs) {
  Operator op = make_operator("mix", {"n"}, {input("x", {"n"}), output("y", {"n"}, Dtype::i16)});
  op.arguments[0].domain = range_of(-2, 2);
  int faint = 0;
  for (uint64_t seed = 0; seed < 100; ++seed) {
    Random random(seed);
    const auto inputs = draw_inputs(op, {{"n", 16}}, {}, InputStyle::rescaled, random);
    ASSERT_TRUE(inputs);
    double largest = 0;
    for (int64_t i = 0; i < 16; ++i) largest = std::max(largest, std::abs(inputs->arguments[0].get(i)));
    faint += largest > 0x1p-22 && largest < 0x1p-3;
  }
  EXPECT_GE(faint, 15);
}

TEST(WideInputs, HaveStretchesOfSmallColumnsBehindOrdinaryOnes) {
  constexpr size_t kStretch = 12;
  size_t seen = 0;
  for (uint64_t seed = 0; seed < 80; ++seed) {
    const auto row = rows_of(rows_operator(), InputStyle::graded, seed).front();
    size_t small = 0;
    bool ordinary = false;
    for (const double value : row) {
      const bool is_small = std::abs(value) < 0x1p-24;
      if (!is_small && small < kStretch) ordinary = true;
      small = is_small ? small + 1 : small < kStretch ? 0 : small;
    }
    seen += ordinary && small >= kStretch;
  }
  EXPECT_GE(seen, 6u);
}

TEST(WideInputs, AreSortedBothWaysAndNowAndThenButForOne) {
  size_t up = 0, down = 0, neither = 0;
  for (uint64_t seed = 0; seed < 10; ++seed) {
    for (const auto& row : rows_of(rows_operator(), InputStyle::sorted, seed)) {
      const bool ascends = std::is_sorted(row.begin(), row.end()),
                 descends = std::is_sorted(row.rbegin(), row.rend());
      up += ascends;
      down += descends;
      neither += !ascends && !descends;
    }
  }
  EXPECT_GE(up, 20u);
  EXPECT_GE(down, 20u);
  EXPECT_GE(neither, 20u);
}

TEST(WideInputs, HaveNanOfManyPatterns) {
  std::set<uint32_t> patterns;
  for (uint64_t seed = 0; seed < 60; ++seed) {
    Random random(seed);
    const auto inputs =
        draw_inputs(rows_operator(), {{"rows", kHigh}, {"cols", kLong}}, {}, InputStyle::specials, random);
    ASSERT_TRUE(inputs);
    const auto* const x = reinterpret_cast<const float*>(inputs->arguments[0].data());
    for (size_t i = 0; i < kHigh * kLong; ++i)
      if (std::isnan(x[i])) patterns.insert(std::bit_cast<uint32_t>(x[i]));
  }
  for (const uint32_t usual : {0x7fc00000u, 0xffc00000u, 0x7fffffffu, 0xffffffffu})
    EXPECT_TRUE(patterns.count(usual)) << std::hex << usual;
  EXPECT_GT(patterns.size(), 6u);
}

TEST(WideInputs, OfWholeNumbersMakeSumsGoOutAndComeBack) {
  Operator op = make_operator("product", {"k", "n"},
                              {input("a", {"n", "k"}, Dtype::i8), input("b", {"k", "n"}, Dtype::i8),
                               output("c", {"n", "n"}, Dtype::i8)});
  for (Argument& argument : op.arguments) {
    argument.domain.kind = Domain::Kind::range;
    argument.domain.low = -128;
    argument.domain.high = 127;
  }
  const auto legal = legal_styles(op);
  ASSERT_NE(std::find(legal.begin(), legal.end(), InputStyle::walks), legal.end());
  EXPECT_EQ(std::count(legal.begin(), legal.end(), InputStyle::giants), 0);
  constexpr int64_t kSteps = 128, kOthers = 4;
  int returned = 0;
  for (uint64_t seed = 0; seed < 60; ++seed) {
    Random random(seed);
    const auto inputs = draw_inputs(op, {{"k", kSteps}, {"n", kOthers}}, {}, InputStyle::walks, random);
    ASSERT_TRUE(inputs);
    double sum = 0, farthest = 0;
    for (int64_t k = 0; k < kSteps; ++k) {
      sum += inputs->arguments[0].get(k) * inputs->arguments[1].get(k * kOthers);
      farthest = std::max(farthest, std::abs(sum));
    }
    returned += farthest > 30 * 10000 && std::abs(sum) < farthest / 2;
  }
  EXPECT_GE(returned, 8);
}

TEST(WideInputs, AreRampsButForTwoPlacesAsOftenAsNot) {
  const Operator op = make_operator("places", {"n"}, {input("x", {"n"}, Dtype::i32), output("y", {"n"})});
  int nearly = 0;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    Random random(seed);
    const auto inputs = draw_inputs(op, {{"n", 24}}, {}, InputStyle::sorted, random);
    ASSERT_TRUE(inputs);
    const auto at = [&](int64_t i) { return inputs->arguments[0].get(i) - inputs->arguments[0].get(0); };
    int others = 0;
    for (int64_t i = 0; i < 24; ++i) others += at(i) != static_cast<double>(i);
    nearly += others == 2 && at(1) == 1 && at(12) == 12 && at(23) == 23;
  }
  EXPECT_GE(nearly, 30) << "which samples at the ends and in the middle do not tell";
}

// Zeros, one number, whole numbers, or a sorted row: 64 samples seldom meet what is otherwise.
TEST(WideInputs, AreNearlyWhatSamplesOfThemSay) {
  int zeros = 0, equal = 0, whole = 0, sorted = 0;
  for (uint64_t seed = 1; seed <= 40; ++seed)
    for (const std::vector<double>& row : rows_of(rows_operator(), InputStyle::nearly, seed)) {
      const auto at_most_few = [&](auto&& fits) {
        size_t others = 0;
        for (size_t i = 0; i < row.size(); ++i) others += !fits(i);
        return others > 0 && others <= 2 + row.size() / 128;
      };
      zeros += at_most_few([&](size_t i) { return row[i] == 0; });
      const double usual = row[row.size() / 2];
      equal += usual != 0 && at_most_few([&](size_t i) { return row[i] == usual; });
      whole += at_most_few([&](size_t i) { return row[i] == std::nearbyint(row[i]); });
      const double ends = row.back() - row.front();
      sorted += at_most_few([&](size_t i) { return i == 0 || (row[i] - row[i - 1]) * ends >= 0; });
    }
  for (const int seen : {zeros, equal, whole, sorted}) EXPECT_GT(seen, 5);
}

}  // namespace
}  // namespace ke
