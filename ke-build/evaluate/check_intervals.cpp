// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/check_intervals.h"

#include "ke-build/evaluate/buffer.h"
#include "ke-build/model/spec.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace ke {
namespace {

/// Smallest float >= v, largest float <= v. By bits, because nextafter() is most of what a plan costs.
float float_above(double v) {
  const auto f = static_cast<float>(v);
  if (!(static_cast<double>(f) < v)) return f;
  const auto bits = std::bit_cast<int32_t>(f);
  if (f == 0) return std::numeric_limits<float>::denorm_min();
  return std::bit_cast<float>(bits >= 0 ? bits + 1 : bits - 1);
}
float float_below(double v) { return -float_above(-v); }

struct Ends {
  double low, high;
};

/// What a format can hold: beyond its largest number there is infinity.
class Holds {
 public:
  explicit Holds(Dtype dtype)
      : saturates_(dtype == Dtype::f8e4m3 || dtype == Dtype::f8e5m2),
        wide_(dtype == Dtype::f64),
        largest_(largest_finite(dtype)) {
    const double u = unit_roundoff(dtype);
    overflow_ = largest_ / (1 - u) * (1 - u / 2);
  }

  /// [y - bound, y + bound] in that format.
  Ends around(double y, double bound) const {
    if (std::isnan(y)) return {kInfinity, -kInfinity};
    if (std::isinf(y) && !saturates_) return {y, y};
    if (std::isinf(y)) return y > 0 ? Ends{largest_, y} : Ends{y, -largest_};
    const double low = y - bound, high = y + bound;
    if (wide_) return {low, high};
    // Conversions to 8 bits come in two kinds: those that saturate and those that do not.
    const double beyond = saturates_ ? largest_ : kInfinity;
    return {low > largest_ ? beyond : -upper(-low), high < -largest_ ? -beyond : upper(high)};
  }

 private:
  static constexpr double kInfinity = std::numeric_limits<double>::infinity();

  double upper(double v) const { return v >= overflow_ ? kInfinity : std::min(v, largest_); }

  bool saturates_, wide_;
  double largest_, overflow_ = 0;
};

}  // namespace

void AcceptedIntervals::fill(Dtype dtype, const std::vector<double>& values,
                             const std::vector<double>& errors) {
  const bool wide = dtype == Dtype::f64;
  const Holds holds(dtype);
  const size_t n = values.size();
  low64.resize(wide ? n : 0);
  high64.resize(wide ? n : 0);
  low32.resize(wide ? 0 : n);
  high32.resize(wide ? 0 : n);
  for (size_t i = 0; i < n; ++i) {
    const Ends ends = holds.around(values[i], errors[i]);
    if (wide) {
      low64[i] = ends.low;
      high64[i] = ends.high;
    } else {
      low32[i] = float_above(ends.low);
      high32[i] = float_below(ends.high);
    }
  }
}

void AcceptedIntervals::widen(Dtype dtype, const std::vector<double>& values, double factor) {
  std::vector<double> errors(values.size());
  for (size_t i = 0; i < values.size(); ++i) errors[i] = factor * error(i, values[i]);
  AcceptedIntervals wider;
  wider.fill(dtype, values, errors);
  const auto join = [](auto& own, const auto& other, auto further) {
    for (size_t i = 0; i < own.size(); ++i) own[i] = further(own[i], other[i]);
  };
  const auto lower = [](auto a, auto b) { return std::min(a, b); };
  const auto higher = [](auto a, auto b) { return std::max(a, b); };
  join(low32, wider.low32, lower);
  join(low64, wider.low64, lower);
  join(high32, wider.high32, higher);
  join(high64, wider.high64, higher);
}

double AcceptedIntervals::error(size_t i, double y) const {
  const double low = low64.empty() ? static_cast<double>(low32[i]) : low64[i];
  const double high = high64.empty() ? static_cast<double>(high32[i]) : high64[i];
  const bool finite = std::isfinite(y) && std::isfinite(high) && std::isfinite(low);
  return finite ? std::max({high - y, y - low, 0.0}) : 0;
}

size_t AcceptedIntervals::size_bytes() const {
  return (low32.size() + high32.size()) * sizeof(float) + (low64.size() + high64.size()) * sizeof(double);
}

}  // namespace ke
