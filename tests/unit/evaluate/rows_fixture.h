// SPDX-License-Identifier: MIT
// Rows of inputs of one operator, to be looked at one by one.
#pragma once

#include "ke-build/base/result.h"
#include "ke-build/evaluate/inputs.h"
#include "tests/unit/evaluate/math_fixture.h"

#include <vector>

namespace ke::rows_fixture {

using namespace math_fixture;

inline constexpr size_t kHigh = 20, kLong = 64;

inline Domain range_of(double low, double high) {
  Domain domain;
  domain.kind = Domain::Kind::range;
  domain.low = low;
  domain.high = high;
  return domain;
}

inline Operator rows_operator() {
  return make_operator("map", {"rows", "cols"},
                       {input("x", {"rows", "cols"}), output("y", {"rows", "cols"})});
}

inline std::vector<std::vector<double>> rows_of(const Operator& op, InputStyle style, uint64_t seed) {
  Random random(seed);
  const auto inputs = draw_inputs(op, {{"rows", kHigh}, {"cols", kLong}}, {}, style, random);
  KE_CHECK(inputs.has_value());
  const Buffer& x = inputs->arguments[0];
  std::vector<std::vector<double>> rows(kHigh);
  for (int64_t i = 0; i < x.count(); ++i) rows[static_cast<size_t>(i) / kLong].push_back(x.get(i));
  return rows;
}

}  // namespace ke::rows_fixture
