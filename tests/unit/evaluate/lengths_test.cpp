// SPDX-License-Identifier: MIT
// Sizes that follow each other: what is drawn, and what is left out because a kernel does not pass it.
#include "ke-build/evaluate/lengths.h"

#include "tests/unit/evaluate/ladder_fixture.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace ke {
namespace {

class LengthsTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    judged_ = std::make_unique<Judged>(kRmsnormSpec, rmsnorm_source(kPlainBody));
  }
  static void TearDownTestSuite() { judged_.reset(); }

  /// Of so many sizes that every style comes to several of them.
  static std::vector<Pool> drawn(double odd_s) {
    Random random(7);
    auto pools = make_lengths(*judged_->state().reference, 0.4, odd_s, random);
    EXPECT_TRUE(pools) << (pools ? "" : pools.error().message);
    return pools ? *std::move(pools) : std::vector<Pool>();
  }
  static Program program(const std::string& body) {
    auto built = judged_->built(judged_->version(rmsnorm_source(body)), Role::kernel);
    EXPECT_TRUE(built) << (built ? "" : built.error().message);
    return built ? *built : Program();
  }
  static void drop(const std::string& body, std::vector<Pool>& pools) {
    const JudgeState& state = judged_->state();
    const Program own = program(body);
    const auto dropped = drop_lengths(state.op, own, pools, verify_options(state));
    EXPECT_TRUE(dropped) << (dropped ? "" : dropped.error().message);
    const auto left = verify_lengths(state.op, own, pools, verify_options(state));
    EXPECT_TRUE(left && !*left) << "what is left passes";
  }
  static size_t count_of(const std::vector<Pool>& pools, InputStyle style) {
    size_t count = 0;
    for (const Pool& pool : pools)
      for (const Case& one : pool.cases) count += one.style == style;
    return count;
  }

  inline static std::unique_ptr<Judged> judged_;
};

TEST_F(LengthsTest, AreTypicalFirstAndOddAsFarAsTimeGoes) {
  const std::vector<Pool> few = drawn(0), many = drawn(20);
  ASSERT_GT(few.size(), 20u);
  std::set<Axes> shapes;  // some are neighbours in two axes
  for (const Pool& pool : few) {
    shapes.insert(pool.axes);
    ASSERT_FALSE(pool.cases.empty());
    EXPECT_EQ(pool.cases.front().style, InputStyle::typical);
    EXPECT_LE(pool.cases.size(), 2u);
  }
  EXPECT_GT(2 * shapes.size(), few.size());
  for (const InputStyle style : {InputStyle::constant_rows, InputStyle::sorted, InputStyle::specials})
    EXPECT_GT(count_of(many, style), few.size() / 2) << name_of(style);
  EXPECT_GT(many.size(), few.size() + 50) << "every size, as far as time goes";
}

TEST_F(LengthsTest, KeepEverythingThatPasses) {
  std::vector<Pool> pools = drawn(1);
  const size_t sizes = pools.size(), specials = count_of(pools, InputStyle::specials);
  drop(kPlainBody, pools);
  EXPECT_EQ(pools.size(), sizes);
  EXPECT_EQ(count_of(pools, InputStyle::specials), specials);
}

TEST_F(LengthsTest, LeaveOutAStyleThatIsMissedAgainAndAgainAndNothingElse) {
  std::vector<Pool> pools = drawn(20);
  const size_t typical = count_of(pools, InputStyle::typical), sorted = count_of(pools, InputStyle::sorted);
  ASSERT_GT(count_of(pools, InputStyle::specials), 3u);
  drop(kPlainBody + "for (std::int64_t i = 0; i < rows * cols; ++i) if (y[i] != y[i]) y[i] = 0;", pools);
  EXPECT_EQ(count_of(pools, InputStyle::specials), 0u);
  EXPECT_EQ(count_of(pools, InputStyle::typical), typical);
  EXPECT_EQ(count_of(pools, InputStyle::sorted), sorted);
}

TEST_F(LengthsTest, LeaveOutASizeThatIsMissedOnTypicalInputs) {
  std::vector<Pool> pools = drawn(0);
  const size_t sizes = pools.size();
  const int64_t cols = pools[sizes / 2].axes.at("cols");
  drop(kPlainBody + "if (cols == " + std::to_string(cols) + ") y[0] += 1;", pools);
  EXPECT_LT(pools.size(), sizes);
  EXPECT_GT(pools.size(), sizes / 2);
  EXPECT_TRUE(std::none_of(pools.begin(), pools.end(),
                           [&](const Pool& pool) { return pool.axes.at("cols") == cols; }));
}

}  // namespace
}  // namespace ke
