// SPDX-License-Identifier: MIT
// Which scalars calls get beside the announced ones.
#include "ke-build/evaluate/inputs_scalars.h"

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

TEST(Scalars, ThatAreNeverTriedOtherwiseAreNamed) {
  Operator op = make_operator("scale", {"n"},
                              {input("beta", {}), input("limit", {}, Dtype::i32), input("eps", {}),
                               input("x", {"n"}), output("y", {"n"})});
  op.workloads = {{"one", {{"n", 5}}, {{"beta", 0}, {"limit", 60}, {"eps", 1e-5}}, 1}};
  const std::string said = untried_scalars(op);
  EXPECT_NE(said.find("beta, limit"), std::string::npos) << said;
  EXPECT_EQ(said.find("eps"), std::string::npos) << said;
  for (Argument& argument : op.arguments) argument.domain.declared = true;
  EXPECT_EQ(untried_scalars(op), "");
}

TEST(Scalars, AreTheAnnouncedOnesToo) {
  const Operator op =
      make_operator("scale", {"n"}, {input("eps", {}), input("x", {"n"}), output("y", {"n"})});
  Random random(3);
  ScalarDealer dealer(op, random);
  int same = 0;
  for (int i = 0; i < 40; ++i) same += dealer.deal({{"n", 5}}, {{"eps", 1e-5}}).at("eps") == 1e-5;
  EXPECT_GT(same, 8);
  EXPECT_LT(same, 32);
}

TEST(Scalars, LieRightBesideTheAnnouncedOnesToo) {
  const Operator op = make_operator("power", {"n"}, {input("p", {}), input("x", {"n"}), output("y", {"n"})});
  Random random(3);
  ScalarDealer dealer(op, random);
  int beside = 0, closest = 0;
  for (int i = 0; i < 200; ++i) {
    const auto dealt = static_cast<float>(dealer.deal({{"n", 5}}, {{"p", 2}}).at("p"));
    const double off = std::abs(dealt / 2.0 - 1);
    beside += off > 0 && off < 0x1p-8;
    closest += off > 0 && off < 0x1p-18;
  }
  EXPECT_GT(beside, 25);
  EXPECT_GT(closest, 5);
}

TEST(Scalars, OfADeclaredRangeLieRightBesideWholeNumbersToo) {
  Operator op = make_operator("collide", {"n"}, {input("omega", {}), input("x", {"n"}), output("y", {"n"})});
  Domain& domain = op.arguments[0].domain;
  domain.kind = Domain::Kind::range;
  domain.low = 0.1;
  domain.high = 1.95;
  domain.declared = true;
  Random random(3);
  ScalarDealer dealer(op, random);
  int beside = 0;
  for (int i = 0; i < 200; ++i) {
    const double off = std::abs(dealer.deal({{"n", 5}}, {{"omega", 1.7}}).at("omega") - 1);
    beside += off > 0 && off < 0x1p-13;
  }
  EXPECT_GT(beside, 3);
}

TEST(Scalars, OfADeclaredRangeVisitItsEndsAndZero) {
  Operator op = make_operator(
      "scale", {"n"},
      {with_domain(input("beta", {}), Domain::Kind::range, -2, 3), input("x", {"n"}), output("y", {"n"})});
  op.arguments[0].domain.declared = true;
  Random random(3);
  ScalarDealer dealer(op, random);
  std::set<double> seen;
  for (int i = 0; i < 10; ++i) seen.insert(dealer.deal({{"n", 5}}, {{"beta", 0}}).at("beta"));
  for (const double marked : {-2.0, 0.0, 3.0}) EXPECT_TRUE(seen.count(marked)) << marked;
  EXPECT_GT(seen.size(), 4u);
}

// What a kernel does in half a word for numbers that fit is met where all bits of the half are set.
TEST(Scalars, OfWideRangesHaveAnyCountOfBits) {
  Operator op =
      make_operator("unpack", {"n"},
                    {with_domain(input("base", {}, Dtype::u32), Domain::Kind::range, 0, 4294967295.0),
                     with_domain(input("width", {}, Dtype::i32), Domain::Kind::range, 1, 32),
                     input("x", {"n"}, Dtype::u32), output("y", {"n"}, Dtype::u32)});
  for (Argument& argument : op.arguments) argument.domain.declared = true;
  Random random(8);
  ScalarDealer dealer(op, random);
  int half = 0, short_ones = 0;
  for (int i = 0; i < 2000; ++i) {
    const auto dealt = dealer.deal({{"n", 5}}, {{"base", 1000}, {"width", 11}});
    ASSERT_TRUE(dealt.at("base") >= 0 && dealt.at("base") <= 4294967295.0);
    ASSERT_TRUE(dealt.at("width") >= 1 && dealt.at("width") <= 32);
    half += dealt.at("base") == 65535;
    short_ones += dealt.at("base") > 0 && dealt.at("base") < 65536 && dealt.at("base") != 1000;
  }
  EXPECT_GE(half, 3);
  EXPECT_GT(short_ones, 100);
}

}  // namespace
}  // namespace ke
