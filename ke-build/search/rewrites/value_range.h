// SPDX-License-Identifier: MIT
// What clamps leave of an integer, and which floating type an expression has.
#pragma once

#include "ke-build/search/syntax/facts.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace ke {

struct ValueRange {
  std::optional<int64_t> low, high;  // inclusive
};

/// The range of an expression of numbers, clamps, minima, maxima and the values that `is_value` picks, which
/// lie in `start`. Nothing for other expressions.
std::optional<ValueRange> range_of(const Expr& expr, const std::function<bool(const Expr&)>& is_value,
                                   const ValueRange& start = {});

/// True when the statement only clamps `name` (`if (v > 127) v = 127;`, `v = std::min(v, 127);`), which
/// narrows the range.
bool follow_clamp(const Stmt& statement, const std::string& name, ValueRange& range);

/// "float" or "double" where every operand is known; "" for other types and unknown ones.
std::string floating_type_of(const Expr& expr, const Symbols& symbols);

}  // namespace ke
