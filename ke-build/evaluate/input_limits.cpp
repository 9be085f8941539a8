// SPDX-License-Identifier: MIT
// Which numbers a domain allows in a format.
#include "ke-build/evaluate/input_values.h"
#include "ke-build/model/spec.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ke {
namespace {

/// Nearest number of the format that is not outside `limit`.
double inside(Dtype dtype, double limit, bool upper) {
  if (!is_floating(dtype)) {
    const double whole = upper ? std::floor(limit) : std::ceil(limit);
    return std::clamp(whole, static_cast<double>(lowest_integer(dtype)),
                      static_cast<double>(highest_integer(dtype)));
  }
  const double rounded = round_to(dtype, limit);
  if (std::isfinite(rounded) && (upper ? rounded <= limit : rounded >= limit)) return rounded;
  if (!std::isfinite(rounded)) return std::copysign(largest_finite(dtype), limit);
  const double step = std::max(2 * unit_roundoff(dtype) * std::abs(limit), smallest_subnormal(dtype));
  return round_to(dtype, upper ? limit - step : limit + step);
}

}  // namespace

Limits limits_of(const Domain& domain, Dtype dtype, int64_t axis_size) {
  const double infinity = std::numeric_limits<double>::infinity();
  switch (domain.kind) {
    case Domain::Kind::range:
      return {inside(dtype, domain.low, false), inside(dtype, domain.high, true)};
    case Domain::Kind::index:
      return {0, inside(dtype, static_cast<double>(std::max<int64_t>(axis_size, 1) - 1), true)};
    case Domain::Kind::offsets:
      return {0, static_cast<double>(axis_size)};
    case Domain::Kind::mask:
      return {0, 1};
    case Domain::Kind::positive:
      return {is_floating(dtype) ? smallest_subnormal(dtype) : 1, inside(dtype, infinity, true)};
    case Domain::Kind::constant:
      return {round_to(dtype, domain.low), round_to(dtype, domain.low)};
    default:
      return {inside(dtype, -infinity, false), inside(dtype, infinity, true)};
  }
}

}  // namespace ke
