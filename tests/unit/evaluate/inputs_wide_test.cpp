// SPDX-License-Identifier: MIT
// Inputs that nobody thinks of: padding, rows of different sizes, NaN of other patterns, numbers far apart.
#include "ke-build/base/text.h"
#include "ke-build/evaluate/buffer.h"
#include "ke-build/evaluate/check.h"
#include "ke-build/evaluate/input_values.h"
#include "ke-build/evaluate/inputs.h"
#include "ke-build/evaluate/inputs_scalars.h"
#include "tests/unit/evaluate/math_fixture.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>
#include <set>

namespace ke {
namespace {

using namespace math_fixture;

constexpr size_t kHigh = 20, kLong = 64;

Domain range_of(double low, double high) {
  Domain domain;
  domain.kind = Domain::Kind::range;
  domain.low = low;
  domain.high = high;
  return domain;
}

Operator rows_operator() {
  return make_operator("map", {"rows", "cols"},
                       {input("x", {"rows", "cols"}), output("y", {"rows", "cols"})});
}

std::vector<std::vector<double>> rows_of(const Operator& op, InputStyle style, uint64_t seed) {
  Random random(seed);
  const auto inputs = draw_inputs(op, {{"rows", kHigh}, {"cols", kLong}}, {}, style, random);
  KE_CHECK(inputs.has_value());
  const Buffer& x = inputs->arguments[0];
  std::vector<std::vector<double>> rows(kHigh);
  for (int64_t i = 0; i < x.count(); ++i) rows[static_cast<size_t>(i) / kLong].push_back(x.get(i));
  return rows;
}

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
