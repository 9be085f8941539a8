// SPDX-License-Identifier: MIT
// Which sizes come beside the announced and hidden shapes.
#include "ke-build/base/text.h"
#include "ke-build/evaluate/buffer.h"
#include "ke-build/evaluate/inputs.h"
#include "ke-build/model/spec.h"
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

TEST(HiddenAxes, ComeFromTheRangesAndHonourConstants) {
  Operator op = make_operator("op", {"rows", "cols", "taps"},
                              {input("x", {"rows", "cols"}), output("y", {"rows", "cols - taps + 1"})});
  op.constants = {{"taps", 3}};
  op.hidden = {{"rows", {1, 67}}, {"cols", {3, 515}}};
  Random random(2);
  const auto shapes = hidden_axes(op, random, 24);
  ASSERT_EQ(shapes.size(), 24u);
  EXPECT_EQ(std::set<Axes>(shapes.begin(), shapes.end()).size(), 24u);
  EXPECT_EQ(shapes[0], (Axes{{"rows", 1}, {"cols", 3}, {"taps", 3}})) << "the lows come first";
  std::set<int64_t> columns;
  for (const Axes& axes : shapes) {
    EXPECT_TRUE(axes.at("rows") >= 1 && axes.at("rows") <= 67 && axes.at("cols") >= 3 &&
                axes.at("cols") <= 515);
    EXPECT_EQ(axes.at("taps"), 3);
    columns.insert(axes.at("cols"));
  }
  EXPECT_TRUE(columns.count(515)) << "the high end";
  EXPECT_GT(columns.size(), 8u);
}

TEST(HiddenAxes, ShrinkToWhatFitsAndSkipWhatIsIllegal) {
  Operator op = gemm();
  op.hidden = {{"m", {1, 100000}}, {"n", {1, 100000}}, {"k", {1, 100000}}};
  op.flops = "2*m*n*k";
  Random random(3);
  for (const Axes& axes : hidden_axes(op, random, 12, 1 << 16))
    for (const Argument& argument : op.arguments) EXPECT_LE(*element_count(argument, axes), 1 << 16);
  Operator one = gemm();
  one.hidden = {{"m", {4, 4}}, {"n", {5, 5}}, {"k", {6, 6}}};
  EXPECT_EQ(hidden_axes(one, random, 10).size(), 1u) << "there is only one shape";
  Operator negative = make_operator("n", {"w"}, {input("x", {"w"}), output("y", {"w - 10"})});
  negative.hidden = {{"w", {1, 40}}};
  for (const Axes& axes : hidden_axes(negative, random, 10)) EXPECT_GE(axes.at("w"), 10);
}

TEST(BetweenAxes, LieBetweenAndMixLongWithShort) {
  Operator op = gemm();
  op.hidden = {{"m", {1, 40}}, {"n", {1, 130}}};
  const Axes announced = {{"m", 256}, {"n", 300}, {"k", 64}};
  Random random(4);
  bool long_and_short = false, short_and_long = false, multiple = false;
  for (int draw = 0; draw < 20; ++draw) {
    const auto shapes = between_axes(op, announced, random);
    EXPECT_GE(shapes.size(), 4u);
    EXPECT_LE(shapes.size(), 11u);  // of two wide axes
    const Axes row = {{"m", 1}, {"n", 293}, {"k", 64}}, column = {{"m", 251}, {"n", 1}, {"k", 64}};
    for (const Axes& single : {row, column})
      EXPECT_NE(std::find(shapes.begin(), shapes.end(), single), shapes.end())
          << "one row or column, and the longest prime";
    for (const Axes& axes : shapes) {
      EXPECT_TRUE(axes.at("m") <= 256 && axes.at("n") <= 300);
      EXPECT_EQ(axes.at("k"), 64) << "nothing lies between for an axis that has no hidden range";
      EXPECT_TRUE(axes.at("m") > 40 || axes.at("n") > 130);
      long_and_short |= axes.at("m") > 40 && axes.at("n") <= 130;
      short_and_long |= axes.at("m") <= 40 && axes.at("n") > 130;
      multiple |= axes.at("n") > 130 && axes.at("n") % 16 == 0;
    }
  }
  EXPECT_TRUE(long_and_short && short_and_long && multiple);
  op.hidden = {{"m", {1, 256}}};
  EXPECT_TRUE(between_axes(op, announced, random).empty());
}

TEST(BetweenAxes, LieRightBeyondWhatSixteenBitsCount) {
  Operator op = gemm();
  op.hidden = {{"m", {1, 40}}};
  Random random(4);
  const auto shapes = between_axes(op, {{"m", 80000}, {"n", 3}, {"k", 3}}, random);
  for (const int64_t counted : {1 << 15, 1 << 16})
    EXPECT_TRUE(std::any_of(shapes.begin(), shapes.end(), [&](const Axes& axes) {
      return axes.at("m") > counted && axes.at("m") <= counted + 64;
    })) << counted;
}

TEST(EverySize, IsTriedWhereThereAreNotManyOfThem) {
  Operator op = gemm();
  op.hidden = {{"m", {1, 40}}, {"n", {1, 20}}};
  op.workloads.emplace_back().axes = {{"m", 200}, {"n", 60}, {"k", 100000}};
  Random random(4);
  std::set<int64_t> sizes;
  for (const Axes& axes : every_size(op, random, 1 << 30)) {
    sizes.insert(axes.at("m"));
    EXPECT_LE(axes.at("m"), 200);
    EXPECT_TRUE(axes.at("m") <= 40 || axes.at("n") <= 20);
  }
  EXPECT_EQ(sizes.size(), 200u);
  sizes.clear();
  for (const Axes& axes : few_sizes(op, {{"m", 200}, {"n", 20}, {"k", 100000}}, random)) {
    EXPECT_TRUE(axes.at("m") == 200 && axes.at("k") == 100000) << "as announced";
    sizes.insert(axes.at("n"));
  }
  EXPECT_EQ(sizes.size(), 19u) << "all but the announced one";
  op.hidden = {{"n", {1, 24}}};
  for (const Axes& axes : few_sizes(op, {{"m", 2}, {"n", 20}, {"k", 100000}}, random))
    EXPECT_LT(axes.at("n"), 20) << "no array grows beyond what is announced";
  EXPECT_EQ(few_sizes(op, {{"m", 20}, {"n", 20}, {"k", 10}}, random).size(), 23u) << "small ones may";
}

TEST(Shapes, SizesThatAreTheOnlyOnesAreNamed) {
  Operator op =
      make_operator("scale", {"rows", "cols", "taps"}, {input("x", {"rows", "cols"}), output("y", {"rows"})});
  op.hidden = {{"rows", {512, 512}}, {"cols", {1, 515}}, {"taps", {3, 3}}};
  const std::string said = untried_sizes(op);
  EXPECT_NE(said.find("no sizes but rows = 512, taps = 3 are tried"), std::string::npos) << said;
  EXPECT_NE(said.find("$.ke.hidden"), std::string::npos) << said;
  op.hidden = {{"rows", {1, 512}}, {"cols", {1, 515}}, {"taps", {1, 3}}};
  EXPECT_EQ(untried_sizes(op), "");
}

}  // namespace
}  // namespace ke
