// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/input_giants.h"

#include "ke-build/evaluate/check.h"
#include "ke-build/evaluate/input_values.h"
#include "ke-build/model/spec.h"

#include <algorithm>
#include <cmath>

namespace ke {

int bits_of_giants_factors(const Operator& op) {
  constexpr double kUsual = 4;  // times the scale
  double largest = 16;
  for (const Argument& argument : op.arguments) {
    if (!argument.input || !is_floating(argument.dtype)) continue;
    const Limits limits = limits_of(argument.domain, argument.dtype, 0);
    const bool normal = argument.domain.kind == Domain::Kind::normal;
    largest = std::max(largest, normal ? kUsual * argument.domain.scale
                                       : std::max(std::abs(limits.low), std::abs(limits.high)));
  }
  return std::isfinite(largest) ? static_cast<int>(std::ceil(std::log2(largest / 16))) : 0;
}

int bits_of_giants_repeats(const Operator& op, const Axes& axes, const Argument& argument) {
  const int64_t elements = element_count(argument, axes).value_or(0);
  if (elements == 0 || op.tolerance.kind == Tolerance::Kind::exact) return 0;
  int64_t longest = 0;
  for (size_t a = 0; a < op.arguments.size(); ++a)
    if (op.arguments[a].output) longest = std::max(longest, reduction_length(op, axes, a).value_or(0));
  if (longest <= elements) return 0;
  return static_cast<int>(std::ceil(std::log2(static_cast<double>(longest) / static_cast<double>(elements))));
}

}  // namespace ke
