// SPDX-License-Identifier: MIT
// Inputs made from inputs, for the checker's further runs of the reference.
#include "ke-build/evaluate/input_values.h"
#include "ke-build/evaluate/inputs.h"
#include "ke-build/model/spec.h"

#include <algorithm>
#include <cmath>

namespace ke {
namespace {

/// A float64 copy of every real array with `change(value, limits)` applied; other buffers are copied as they
/// are.
template <class Change>
Inputs changed_reals(const Operator& op, const Inputs& inputs, Dtype (*format)(Dtype), Change&& change) {
  Inputs result;
  for (size_t a = 0; a < op.arguments.size(); ++a) {
    const Argument& argument = op.arguments[a];
    const Buffer& from = inputs.arguments[a];
    if (!is_real_array(argument) || from.empty()) {
      result.arguments.push_back(from.copy());
      continue;
    }
    const Limits limits = limits_of(argument.domain, argument.dtype, 0);
    auto values = to_doubles(from.dtype(), from.data(), from.count());
    for (double& v : values) v = change(v, argument, limits);
    Buffer buffer(format(from.dtype()), from.count());
    from_doubles(buffer.dtype(), values, buffer.data());
    result.arguments.push_back(std::move(buffer));
  }
  return result;
}

}  // namespace

double largest_input(const Operator& op, const Inputs& inputs) {
  double largest = 0;
  for (size_t a = 0; a < op.arguments.size(); ++a) {
    const Argument& argument = op.arguments[a];
    if (!argument.input || argument.scalar || !is_floating(argument.dtype)) continue;
    const Buffer& buffer = inputs.arguments[a];
    largest = std::max(largest, largest_of(buffer.dtype(), buffer.data(), buffer.count()));
  }
  return largest;
}

Inputs absolute_of(const Operator& op, const Inputs& inputs) {
  return changed_reals(
      op, inputs, [](Dtype dtype) { return dtype; },
      [](double v, const Argument&, const Limits& limits) {
        // A range of negative numbers only has no absolute values in it; its sums do not cancel either.
        return limits.high < 0 ? v : std::min(std::abs(v), std::max(limits.high, v));
      });
}

Inputs perturbed(const Operator& op, const Inputs& inputs, double relative, int sign, uint64_t seed) {
  Random random(seed);
  FastNormal normal(random);
  return changed_reals(
      op, inputs, [](Dtype) { return Dtype::f64; },
      [&](double v, const Argument&, const Limits& limits) {
        const double factor = 1 + sign * relative * normal();
        return std::isfinite(v) ? std::clamp(v * factor, limits.low, limits.high) : v;
      });
}

std::optional<Inputs> shifted(const Operator& op, const Inputs& inputs, size_t argument, int steps,
                              uint64_t seed) {
  const Argument& which = op.arguments[argument];
  if (!is_real_array(which) || inputs.arguments[argument].empty()) return std::nullopt;
  Inputs result = copy_of(inputs);
  Buffer& buffer = result.arguments[argument];
  const Limits limits = limits_of(which.domain, which.dtype, 0);
  Random random(seed);
  for (int64_t i = 0; i < buffer.count(); ++i) {
    const double old = buffer.get(i), direction = static_cast<double>(random.below(3)) - 1;
    const double farthest = old + 2 * direction;
    if (farthest >= limits.low && farthest <= limits.high) buffer.set(i, old + steps * direction);
  }
  return result;
}

Inputs copy_of(const Inputs& inputs) {
  Inputs result;
  for (const Buffer& buffer : inputs.arguments) result.arguments.push_back(buffer.copy());
  return result;
}

}  // namespace ke
