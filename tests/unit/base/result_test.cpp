// SPDX-License-Identifier: MIT
#include "ke-build/base/result.h"

#include <gtest/gtest.h>

namespace ke {
namespace {

Result<int> half(int value) {
  if (value % 2) return Error{ErrorCode::usage, "odd"};
  return value / 2;
}

Result<int> quarter(int value) {
  KE_TRY(const int first, half(value));
  KE_TRY(const int second, half(first));
  return second;
}

TEST(Result, PassesValuesThrough) { EXPECT_EQ(*quarter(12), 3); }

TEST(Result, ReturnsTheFirstErrorToTheCaller) {
  const auto result = quarter(6);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message, "odd");
}

TEST(Result, NotesReadFromOutsideIn) {
  EXPECT_EQ((Error{ErrorCode::io, "disk full"}).note("while writing x").message,
            "while writing x: disk full");
}

TEST(Result, ExitCodesAreTheDocumentedOnes) {
  EXPECT_EQ(exit_code(ErrorCode::usage), 2);
  EXPECT_EQ(exit_code(ErrorCode::refused), 3);
  EXPECT_EQ(exit_code(ErrorCode::budget), 4);
  EXPECT_EQ(exit_code(ErrorCode::network), 5);
  EXPECT_EQ(exit_code(ErrorCode::internal), 70);
}

}  // namespace
}  // namespace ke
