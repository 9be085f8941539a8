// SPDX-License-Identifier: MIT
// One row of one operator, and what the check says of it.
#pragma once

#include "ke-build/evaluate/check.h"
#include "tests/unit/evaluate/math_fixture.h"

#include <gtest/gtest.h>

namespace ke::check_fixture {

using namespace math_fixture;

/// y(n) from x(n); one row, so that s is max(|y|, root mean square).
inline Operator row_operator(Dtype dtype = Dtype::f32) {
  return make_operator(
      "row", {"n"}, {input("x", {"n"}, is_floating(dtype) ? dtype : Dtype::f32), output("y", {"n"}, dtype)});
}

inline CheckResult check(const Operator& op, const Axes& axes, const Expected& expected, const void* data,
                         const CheckAids& aids = {}) {
  auto result = check_outputs(op, axes, expected, {data}, aids);
  EXPECT_TRUE(result) << result.error().message;
  return *result;
}

}  // namespace ke::check_fixture
