// SPDX-License-Identifier: MIT
#include "ke-build/learn/learn.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace ke {
namespace {

Operator an_operator(int64_t rows, int64_t cols) {
  Operator op;
  op.name = op.op_type = "rowsum";
  op.kernel.entry = "f";
  op.axis_names = {"rows", "cols"};
  Argument x, y;
  x.name = "x";
  x.shape = {"rows", "cols"};
  y.name = "y";
  y.shape = {"rows"};
  y.input = false;
  y.output = true;
  op.arguments = {x, y};
  op.flops = "rows*cols";
  op.workloads = {{"only", {{"rows", rows}, {"cols", cols}}, {}, 1}};
  return op;
}

constexpr const char* kSums =
    "void f(const float* x, float* y, int n, int m) { for (int i = 0; i < n; ++i) { float s = 0; for (int j "
    "= 0; "
    "j < m; ++j) s += x[i * m + j]; y[i] = s; } }\n";
constexpr const char* kChain = "void f(unsigned* x) { while (*x % 3) { x[*x] = *x % 7 ? 1 : 0; } }\n";

TEST(Facts, HoldSizesAndTags) {
  const Facts facts = facts_of(an_operator(4, 1024), kSums, Bound::memory);
  EXPECT_EQ(facts.family, "rowsum");
  EXPECT_TRUE(std::is_sorted(facts.tags.begin(), facts.tags.end()));
  for (const char* tag : {"reduction", "loops-2", "float32", "bound-memory"})
    EXPECT_TRUE(std::binary_search(facts.tags.begin(), facts.tags.end(), tag)) << tag;
  EXPECT_NEAR(facts.numbers.at("flops"), 12, 1e-9);
  EXPECT_NEAR(facts.numbers.at("bytes"), 14, 0.01);
  EXPECT_NEAR(facts.numbers.at("largest_axis"), 10, 1e-9);
  EXPECT_NEAR(facts.numbers.at("smallest_axis"), 2, 1e-9);
}

TEST(Facts, OfWhatCannotBeComputedSayNothing) {
  Operator op = an_operator(4, 1024);
  op.flops = "rows*nothing";
  op.arguments[0].shape = {"unheard_of"};
  const Facts facts = facts_of(op, "", Bound::unknown);
  EXPECT_EQ(facts.numbers.count("flops"), 0u);
  EXPECT_TRUE(facts_of(Operator(), "").family.empty());
}

TEST(Likeness, IsHighForAFamilyAndLowForStrangers) {
  const Facts one = facts_of(an_operator(4, 1024), kSums), other = facts_of(an_operator(64, 512), kSums);
  Facts stranger = facts_of(an_operator(4, 1024), kChain);
  EXPECT_NEAR(likeness(one, one), 1, 1e-12);
  EXPECT_GT(likeness(one, other), 0.85);
  EXPECT_EQ(likeness(one, other), likeness(other, one));
  EXPECT_GT(likeness(one, stranger), 0.5) << "of one family, whatever the code";
  stranger.family = "hash";
  EXPECT_LT(likeness(one, stranger), 0.5);
  EXPECT_EQ(likeness({}, {}), 0);
}

}  // namespace
}  // namespace ke
