// SPDX-License-Identifier: MIT
// In how many ways callers may lay their arrays over each other.
#include "ke-build/base/text.h"
#include "ke-build/evaluate/odd_cases.h"
#include "ke-build/evaluate/pool.h"
#include "ke-build/evaluate/verify_uses.h"
#include "ke-build/model/spec.h"
#include "tests/unit/evaluate/ladder_fixture.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace ke {
namespace {

const std::string kComplexSpec = R"json({
  "name": "cmul", "op_type": "elementwise", "axes": {"n": {"type": "var"}},
  "inputs": {"ar": {"shape": ["n"], "dtype": "float32"}, "ai": {"shape": ["n"], "dtype": "float32"},
             "br": {"shape": ["n"], "dtype": "float32"}, "bi": {"shape": ["n"], "dtype": "float32"}},
  "outputs": {"cr": {"shape": ["n"], "dtype": "float32"}, "ci": {"shape": ["n"], "dtype": "float32"}},
  "ke": {"kernel": {"call": "cmul(ar, ai, br, bi, cr, ci, n)"}, "tolerance": {"reduction": "2"},
         "workloads": [{"name": "w", "axes": {"n": 300}}], "hidden": {"n": [1, 40]}}})json";

const std::string kComplexSource =
    "#include <cstdint>\nvoid cmul(const float* ar, const float* ai, const float* br, const float* bi, "
    "float* "
    "cr, float* ci, std::int64_t n) {\n  for (std::int64_t i = 0; i < n; ++i) {\n    const float re = ar[i] "
    "* "
    "br[i] - ai[i] * bi[i], im = ar[i] * bi[i] + ai[i] * br[i];\n    cr[i] = re;\n    ci[i] = im;\n  }\n}\n";

TEST(InPlaceUses, PutTwoOutputsInTheirPlacesAtOnce) {
  const auto op = parse_spec(kComplexSpec, "cmul.ke.json");
  ASSERT_TRUE(op) << op.error().message;
  EXPECT_EQ(in_place_uses(*op).size(), 8u) << "each output in the place of each input";
  const std::vector<std::vector<int>> pairs = paired_uses(*op);
  EXPECT_EQ(pairs.size(), 12u) << "two different inputs for the two outputs";
  for (const std::vector<int>& use : pairs) {
    EXPECT_EQ(std::count(use.begin(), use.end(), 4), 1);
    EXPECT_EQ(std::count(use.begin(), use.end(), 5), 1);
  }
}

TEST(TiedInputs, AreAnyTwoOfAKindTwoPairsAndAll) {
  const SmallRepository repository(kComplexSpec, kComplexSource);
  const auto state =
      open_judge(repository.op(), repository.baseline(), repository.options(), Purpose::verify);
  ASSERT_TRUE(state) << state.error().message;
  Pool pool;
  pool.axes = {{"n", 300}};
  Random random(3);
  ASSERT_TRUE(add_tied(pool, *(*state)->reference, random));
  std::set<std::set<int>> single;
  size_t twice = 0, more = 0, unequal = 0;
  for (const Case& one : pool.cases) {
    if (has_specials(one.style)) {
      const Buffer& twofold = one.inputs.arguments[static_cast<size_t>(one.tied.at(0).first)];
      bool finite = true;
      for (int64_t i = 0; i < twofold.count(); ++i) finite = finite && std::isfinite(twofold.get(i));
      unequal += !finite;
      continue;
    }
    if (one.tied.size() == 1) single.insert({one.tied[0].first, one.tied[0].second});
    twice += one.tied.size() == 2;
    more += one.tied.size() == 3;
    for (const auto& [same, as] : one.tied)
      EXPECT_EQ(one.inputs.arguments[static_cast<size_t>(same)].get(7),
                one.inputs.arguments[static_cast<size_t>(as)].get(7));
  }
  EXPECT_EQ(single.size(), 6u);
  EXPECT_EQ(twice, 3u);
  EXPECT_EQ(more, 1u);
  EXPECT_GE(unequal, 4u) << "of six pairs";
}

// 2.4 MB are too dear for that; a hidden shape is not. The announced one stays the last.
TEST(TiedInputs, AreSeenAtHiddenShapesWhereAnnouncedOnesAreLarge) {
  const SmallRepository repository(replace_all(kComplexSpec, "{\"n\": 300}", "{\"n\": 100000}"),
                                   kComplexSource);
  const auto state =
      open_judge(repository.op(), repository.baseline(), repository.options(), Purpose::verify);
  ASSERT_TRUE(state) << state.error().message;
  Random random(3);
  const auto pools = make_uncommon(*(*state)->reference, 1, random);
  ASSERT_TRUE(pools) << pools.error().message;
  size_t tied = 0;
  for (const Pool& pool : *pools)
    for (const Case& one : pool.cases) tied += !one.tied.empty();
  EXPECT_GE(tied, 10u);
  EXPECT_EQ(pools->back().axes.at("n"), 100000);
}

}  // namespace
}  // namespace ke
