// SPDX-License-Identifier: MIT
// Which sizes come beside the announced and hidden shapes.
#include "ke-build/base/text.h"
#include "ke-build/evaluate/buffer.h"
#include "ke-build/evaluate/inputs.h"
#include "tests/unit/evaluate/math_fixture.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace ke {
namespace {

using namespace math_fixture;

TEST(NeighbouringAxes, LeaveEveryRemainderInEveryRange) {
  Operator op =
      make_operator("map", {"rows", "cols"}, {input("x", {"rows", "cols"}), output("y", {"rows", "cols"})});
  op.hidden = {{"rows", {1, 9}}, {"cols", {1, 300}}};
  op.workloads = {{"announced", {{"rows", 40}, {"cols", 1000}}, {}, 1}};
  Random random(5);
  std::set<int64_t> small, middle, large, single;
  std::set<std::pair<int64_t, int64_t>> corners;
  for (const Axes& axes : neighbouring_axes(op, random, 1 << 16)) {
    const int64_t cols = axes.at("cols");
    EXPECT_LE(cols, 1000);
    EXPECT_LE(axes.at("rows"), 40);
    corners.insert({axes.at("rows") % 4, cols % 8});
    if (cols <= 64) small.insert(cols % 64);
    if (cols <= 300) middle.insert(cols % 64);
    if (cols > 300) large.insert(cols % 64);
    if (cols > 300 && axes.at("rows") == 1) single.insert(cols % 64);
  }
  EXPECT_EQ(small.size(), 64u);
  EXPECT_EQ(middle.size(), 64u);
  EXPECT_EQ(large.size(), 64u);
  EXPECT_EQ(single.size(), 64u) << "one long row has a path of its own";
  EXPECT_GE(corners.size(), 24u) << "what is left over in two axes meets";
}

TEST(NeighbouringAxes, EndBehindBlocksOfEveryPowerOfTwo) {
  Operator op = make_operator("map", {"n"}, {input("x", {"n"}), output("y", {"n"})});
  op.hidden = {{"n", {1, 400}}};
  op.workloads = {{"announced", {{"n", 20000}}, {}, 1}};
  for (uint64_t seed = 0; seed < 20; ++seed) {
    Random random(seed);
    std::map<int64_t, std::set<int64_t>> rests;  // of sizes beyond the first block
    for (const Axes& axes : neighbouring_axes(op, random, 1 << 15))
      for (int64_t block = 64; block <= 8192; block *= 2)
        if (const int64_t n = axes.at("n"); n > block) rests[block].insert(n % block);
    for (int64_t block = 64; block <= 8192; block *= 2) {
      for (const int64_t rest : {int64_t{0}, int64_t{1}, block - 1})
        EXPECT_TRUE(rests[block].count(rest)) << block << " and " << rest;
      EXPECT_GE(std::distance(rests[block].lower_bound(block - 8), rests[block].end()), 2) << block;
    }
  }
}

TEST(ShortenedAxes, AreALittleShorterThanAnnounced) {
  Operator op =
      make_operator("map", {"rows", "cols"}, {input("x", {"rows", "cols"}), output("y", {"rows", "cols"})});
  op.hidden.clear();
  const std::string longest = op.arguments.front().shape.back(), other = op.arguments.front().shape.front();
  op.hidden[longest] = {1, 500};
  op.hidden[other] = {1, 16};
  Axes announced = {{longest, 2000}, {other, 12}};
  Random random(3);
  const std::vector<Axes> shapes = shortened_axes(op, announced, 40, random);
  EXPECT_GE(shapes.size(), 15u);
  for (const Axes& axes : shapes) {
    EXPECT_GE(axes.at(longest), 2000 - 64);
    EXPECT_LT(axes.at(longest), 2000);
    EXPECT_EQ(axes.at(other), 12) << "hidden shapes are as long already";
  }
}

// A kernel can have a way of its own where nothing is to be resized, or where a matrix is square.
TEST(HiddenAxes, AreAllAlikeNowAndThen) {
  Operator op = make_operator("resize", {"h", "w", "oh", "ow", "c"},
                              {input("x", {"h", "w", "c"}), output("y", {"oh", "ow", "c"})});
  op.hidden = {{"h", {1, 24}}, {"w", {1, 24}}, {"oh", {1, 30}}, {"ow", {1, 30}}, {"c", {1, 5}}};
  Random random(5);
  std::set<int64_t> sizes;
  for (const Axes& axes : hidden_axes(op, random, 40)) {
    const int64_t h = axes.at("h");
    if (h > 1 && axes.at("w") == h && axes.at("oh") == h && axes.at("ow") == h) {
      sizes.insert(h);
      EXPECT_EQ(axes.at("c"), std::min<int64_t>(h, 5)) << "within its own range";
    }
  }
  EXPECT_GE(sizes.size(), 3u);
}

TEST(HiddenAxes, AreAsLongAsAConstantNowAndThen) {
  Operator op = make_operator("project", {"n", "k"}, {input("x", {"n", "k"}), output("y", {"n"})});
  op.constants = {{"k", 37}};
  op.hidden = {{"n", {1, 500}}};
  Random random(2);
  int square = 0;
  for (int draw = 0; draw < 20; ++draw)
    for (const Axes& axes : hidden_axes(op, random, 30)) square += axes.at("n") == 37;
  EXPECT_GT(square, 8);
}

}  // namespace
}  // namespace ke
