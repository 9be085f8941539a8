// SPDX-License-Identifier: MIT
// What arguments are beside each other: signs, levels, shapes that are alike.
#include "ke-build/base/random.h"
#include "ke-build/evaluate/noise_bytes.h"
#include "ke-build/evaluate/odd_cases.h"
#include "tests/unit/evaluate/ladder_fixture.h"
#include "tests/unit/evaluate/math_fixture.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <cstring>
#include <set>

namespace ke {
namespace {

using namespace math_fixture;

template <class Predicate>
bool all_of(const Buffer& buffer, Predicate&& holds) {
  for (int64_t i = 0; i < buffer.count(); ++i)
    if (!holds(buffer.get(i))) return false;
  return true;
}

// 16-bit products of numbers below 2048 and 32-bit sums of 4096 of them: only one sign near the top shows it.
TEST(Company, WholeNumbersAreOfOneSignAndNearTheTopNowAndThen) {
  const Operator op =
      make_operator("gemv", {"m", "n"}, {input("a", {"m", "n"}), input("x", {"n"}), output("y", {"m"})});
  const Axes axes = {{"m", 3}, {"n", 4096}};
  int positive = 0, large = 0;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    Random random(seed);
    const auto inputs = draw_inputs(op, axes, {}, InputStyle::small_integers, random);
    ASSERT_TRUE(inputs) << inputs.error().message;
    const Buffer &a = inputs->arguments[0], &x = inputs->arguments[1];
    const auto is_positive = [](double v) { return v >= 0; };
    if (!all_of(a, is_positive) || !all_of(x, is_positive)) continue;
    ++positive;
    double sum = 0, largest = 0;
    for (int64_t i = 0; i < 4096; ++i) {
      sum += a.get(i) * x.get(i);
      largest = std::max(largest, a.get(i));
    }
    large += largest < 2048 && sum / 4 > 0x1p31;
  }
  EXPECT_GE(positive, 30);
  EXPECT_GE(large, 1);
}

// A running sum under equal weights never gets rid of an infinity.
TEST(Company, EqualWeightsLieBesideWhatIsNoNumber) {
  const Operator op =
      make_operator("filter", {"n", "k"}, {input("x", {"n"}), input("taps", {"k"}), output("y", {"n"})});
  int level = 0;
  for (uint64_t seed = 0; seed < 100; ++seed) {
    Random random(seed);
    const auto inputs = draw_inputs(op, {{"n", 500}, {"k", 7}}, {}, InputStyle::infinities, random);
    ASSERT_TRUE(inputs) << inputs.error().message;
    const Buffer &x = inputs->arguments[0], &taps = inputs->arguments[1];
    const double first = taps.get(0);
    level += first != 0 && all_of(taps, [&](double v) { return v == first; }) &&
             !all_of(x, [](double v) { return std::isfinite(v); });
  }
  EXPECT_GE(level, 5);
}

TEST(Company, EqualWeightsTakeNoInfinityAway) {
  const Operator op =
      make_operator("filter", {"n", "k"}, {input("x", {"n"}), input("taps", {"k"}), output("y", {"n"})});
  for (uint64_t seed = 0; seed < 400; ++seed) {
    Random random(seed);
    const auto inputs = draw_inputs(op, {{"n", 500}, {"k", 90}}, {}, InputStyle::infinities, random);
    ASSERT_TRUE(inputs) << inputs.error().message;
    const auto finite = [](double v) { return std::isfinite(v); };
    EXPECT_FALSE(all_of(inputs->arguments[0], finite) && all_of(inputs->arguments[1], finite)) << seed;
  }
}

// Who stops at the largest number there is has not seen infinity.
TEST(Company, TheLargestNumberLiesBesideInfinityWherePlacesAreFound) {
  Operator op =
      make_operator("argmax", {"r", "c"}, {input("x", {"r", "c"}), output("best", {"r"}, Dtype::i32)});
  const auto both = [&](uint64_t seed) {
    Random random(seed);
    const auto inputs = draw_inputs(op, {{"r", 6}, {"c", 90}}, {}, InputStyle::infinities, random);
    EXPECT_TRUE(inputs);
    for (int64_t r = 0; r < 6; ++r) {
      bool largest = false, infinite = false;
      for (int64_t c = 0; c < 90; ++c) {
        const double v = std::abs(inputs->arguments[0].get(90 * r + c));
        largest |= v == FLT_MAX;
        infinite |= std::isinf(v);
      }
      if (largest && infinite) return true;
    }
    return false;
  };
  int found = 0;
  for (uint64_t seed = 0; seed < 40; ++seed) found += both(seed);
  EXPECT_GE(found, 10);
  op.arguments.push_back(output("top", {"r"}));
  for (uint64_t seed = 0; seed < 40; ++seed) EXPECT_FALSE(both(seed)) << "a sum would overflow";
}

const std::string kNearestSpec = R"json({
  "name": "nearest", "op_type": "search",
  "axes": {"queries": {"type": "var"}, "items": {"type": "var"}, "words": {"type": "var"}},
  "inputs": {"query": {"shape": ["queries", "words"], "dtype": "int32"},
             "base": {"shape": ["items", "words"], "dtype": "int32"}},
  "outputs": {"best": {"shape": ["queries"], "dtype": "int32"}},
  "ke": {"kernel": {"call": "nearest(query, base, best, queries, items, words)"}, "tolerance": {"kind": "exact"},
         "domains": {"query": {"kind": "range", "low": -99, "high": 99},
                     "base": {"kind": "range", "low": -99, "high": 99}},
         "workloads": [{"name": "w", "axes": {"queries": 4, "items": 50, "words": 2}}],
         "hidden": {"queries": [1, 8], "items": [1, 60], "words": [1, 3]}}})json";

const std::string kNearestSource =
    R"cpp(#include <cstdint>
#include <cstdlib>
          void nearest(const std::int32_t* query, const std::int32_t* base, std::int32_t* best,
                       std::int64_t queries, std::int64_t items, std::int64_t words) {
            for (std::int64_t q = 0; q < queries; ++q) {
              std::int64_t least = INT64_MAX;
              for (std::int64_t i = 0; i < items; ++i) {
                std::int64_t distance = 0;
                for (std::int64_t w = 0; w < words; ++w)
                  distance += std::abs(query[q * words + w] - base[i * words + w]);
                if (distance < least) best[q] = static_cast<std::int32_t>(i);
                least = distance < least ? distance : least;
              }
            }
          }
    )cpp";

// Everybody is nearest to himself, unless somebody like him comes first.
TEST(TiedInputs, OfOtherShapesAreAlikeAtSomeAndHaveEqualRows) {
  const SmallRepository repository(kNearestSpec, kNearestSource);
  const auto state =
      open_judge(repository.op(), repository.baseline(), repository.options(), Purpose::verify);
  ASSERT_TRUE(state) << state.error().message;
  int tied = 0, equal = 0;
  for (uint64_t seed = 1; seed < 20; ++seed) {
    Random random(seed);
    std::vector<Pool> pools;
    ASSERT_TRUE(add_alike(pools, *(*state)->reference, {}, 1 << 14, random));
    for (const Pool& pool : pools) {
      EXPECT_EQ(pool.axes.at("queries"), pool.axes.at("items"));
      for (const Case& one : pool.cases) {
        ++tied;
        std::set<std::string> rows;
        const Buffer& base = one.inputs.arguments[1];
        const int64_t words = pool.axes.at("words"), items = pool.axes.at("items");
        for (int64_t r = 0; r < items; ++r)
          rows.emplace(reinterpret_cast<const char*>(base.data()) + 4 * r * words,
                       static_cast<size_t>(4 * words));
        equal += static_cast<int64_t>(rows.size()) < items;
      }
    }
  }
  EXPECT_GE(tied, 30);
  EXPECT_GE(equal, 5);
}

TEST(NoiseBytes, AreBlankInPlaces) {
  std::vector<std::byte> memory(4003, std::byte{0x5a});
  blank_words(memory.data(), 4001, 9);
  size_t zeros = 0;
  for (size_t i = 0; i < 4000; i += 4) {
    uint32_t word = 0;
    std::memcpy(&word, &memory[i], 4);
    EXPECT_TRUE(word == 0 || word == 0x5a5a5a5a) << i;
    zeros += word == 0;
  }
  EXPECT_NEAR(static_cast<double>(zeros), 500, 80);
  EXPECT_EQ(memory[4001], std::byte{0x5a}) << "nothing behind the end";
}

}  // namespace
}  // namespace ke
