// SPDX-License-Identifier: MIT
#include "ke-build/model/spec.h"

#include <gtest/gtest.h>

namespace ke {
namespace {

const Axes kAxes = {{"rows", 4}, {"cols", 10}};

TEST(Expression, FollowsPrecedence) {
  EXPECT_EQ(*evaluate_expression("2 * rows + cols / 3 - (1 + 2) % 2", kAxes), 10);
  EXPECT_EQ(*evaluate_expression("max(rows, cols, 3) * min(rows, 2)", kAxes), 20);
}

TEST(Expression, SuggestsTheAxis) {
  const auto value = evaluate_expression("row * 2", kAxes);
  ASSERT_FALSE(value);
  EXPECT_NE(value.error().message.find("did you mean 'rows'"), std::string::npos);
}

TEST(Expression, RefusesOverflowDivisionByZeroAndNegativeSizes) {
  EXPECT_FALSE(evaluate_expression("9223372036854775807 + rows", kAxes));
  EXPECT_FALSE(evaluate_expression("99999999999999999999", kAxes));
  EXPECT_FALSE(evaluate_expression("rows / (cols - 10)", kAxes));
  EXPECT_FALSE(evaluate_expression("rows - cols", kAxes));
}

TEST(Expression, RefusesGarbageWithoutExhaustingTheStack) {
  EXPECT_FALSE(evaluate_expression("", kAxes));
  EXPECT_FALSE(evaluate_expression("rows rows", kAxes));
  EXPECT_FALSE(evaluate_expression(std::string(100000, '('), kAxes));
}

TEST(Shapes, RefuseMoreThanTwoToTheFortyElements) {
  Argument argument;
  argument.shape = {"1048576", "1048576", "2"};
  EXPECT_FALSE(element_count(argument, {}));
}

TEST(Shapes, AreAnnouncedWhereAWorkloadHasThem) {
  Operator op;
  op.constants = {{"cols", 8}};
  op.workloads = {{"small", {{"rows", 2}}, {}}, {"large", {{"rows", 5}}, {}}};
  EXPECT_TRUE(is_announced(op, {{"rows", 5}, {"cols", 8}}));
  EXPECT_FALSE(is_announced(op, {{"rows", 5}, {"cols", 9}}));
  EXPECT_FALSE(is_announced(op, {{"rows", 3}, {"cols", 8}}));
}

}  // namespace
}  // namespace ke
