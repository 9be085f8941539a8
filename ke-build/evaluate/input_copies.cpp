// SPDX-License-Identifier: MIT
// Inputs made from inputs, for the checker's further runs of the reference.
#include "ke-build/evaluate/input_matrices.h"
#include "ke-build/evaluate/input_values.h"
#include "ke-build/evaluate/inputs.h"
#include "ke-build/model/spec.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace ke {
namespace {

/// Inputs with `made(argument, buffer, limits)` in the place of every real array; other buffers are copied as
/// they are.
template <class Made>
Inputs with_reals(const Operator& op, const Inputs& inputs, Made&& made) {
  Inputs result;
  for (size_t a = 0; a < op.arguments.size(); ++a) {
    const Argument& argument = op.arguments[a];
    const Buffer& from = inputs.arguments[a];
    const bool real = is_real_array(argument) && !from.empty();
    result.arguments.push_back(real ? made(argument, from, limits_of(argument.domain, argument.dtype, 0))
                                    : from.copy());
  }
  return result;
}

/// Every real number with `change(value, argument, limits)` applied.
template <class Change>
Inputs changed_reals(const Operator& op, const Inputs& inputs, Dtype (*format)(Dtype), Change&& change) {
  return with_reals(op, inputs, [&](const Argument& argument, const Buffer& from, const Limits& limits) {
    auto values = to_doubles(from.dtype(), from.data(), from.count());
    for (double& v : values) v = change(v, argument, limits);
    Buffer buffer = Buffer::unwritten(format(from.dtype()), from.count());
    from_doubles(buffer.dtype(), values, buffer.data());
    return buffer;
  });
}

/// `v` times 1 + by. Below the normal numbers roundings do not shrink any more, and what a kernel scales down
/// on its way is rounded there as well.
double moved_by(double v, double by, double least, const Limits& limits) {
  constexpr double kScaledDown = 8192;
  const double magnitude = std::abs(v);
  const bool is_small = (magnitude < least) & (magnitude > 0);
  const double to = v + by * (is_small ? std::copysign(kScaledDown * least, v) : v);
  const double inside = std::min(std::max(to, limits.low), limits.high);
  return magnitude <= std::numeric_limits<double>::max() ? inside : v;
}

/// In [-sqrt(3), sqrt(3)), of variance 1; `seed` and the magnitude decide (the mixer of SplitMix64).
double noise_of(double magnitude, uint64_t seed) {
  uint64_t bits = std::bit_cast<uint64_t>(magnitude) + seed;
  bits = (bits ^ bits >> 30) * 0xbf58476d1ce4e5b9;
  bits = (bits ^ bits >> 27) * 0x94d049bb133111eb;
  return std::sqrt(12.0) * (static_cast<double>((bits ^ bits >> 31) >> 11) * 0x1p-53 - 0.5);
}

/// Both halves of each matrix alike, in proportion to what the diagonal says of the size of a row and a
/// column: errors of a factorisation are no smaller where an element is (Higham, Accuracy and Stability,
/// theorem 10.3). As little as they are, the matrix stays positive definite.
Buffer moved_symmetrically(const Buffer& from, size_t n, double amount, NormalNoise& noise) {
  auto values = to_doubles(from.dtype(), from.data(), from.count());
  for (size_t start = 0; n > 0 && start + n * n <= values.size(); start += n * n) {
    std::vector<double> size(n);
    for (size_t i = 0; i < n; ++i) size[i] = std::sqrt(values[start + i * n + i]);
    const double* stretch = nullptr;
    int64_t used = NormalNoise::kStretch;
    for (size_t i = 0; i < n; ++i)
      for (size_t j = 0; j <= i; ++j) {
        if (used == NormalNoise::kStretch) {
          stretch = noise.stretch();
          used = 0;
        }
        values[start + j * n + i] = values[start + i * n + j] += amount * stretch[used++] * size[i] * size[j];
      }
  }
  Buffer buffer = Buffer::unwritten(Dtype::f64, from.count());
  from_doubles(buffer.dtype(), values, buffer.data());
  return buffer;
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

Inputs perturbed(const Operator& op, const Axes& axes, const Inputs& inputs, double relative, int sign,
                 uint64_t seed) {
  int64_t count = 0;
  for (const Buffer& buffer : inputs.arguments) count += buffer.count();
  NormalNoise noise(seed, count);
  const double amount = sign * relative;
  const auto moved = [&](const Argument& argument, const Buffer& from, const Limits& limits) {
    const double least = smallest_normal(argument.dtype);
    Buffer buffer = Buffer::unwritten(Dtype::f64, from.count());
    // Millions of numbers, many times: nothing is written twice, and the loop is one of vectors.
    auto* values = reinterpret_cast<double*>(buffer.data());
    to_doubles(from.dtype(), from.data(), from.count(), values);
    for (int64_t start = 0; start < from.count(); start += NormalNoise::kStretch) {
      const double* normal = noise.stretch();
      double* part = values + start;
      const int64_t end = std::min(NormalNoise::kStretch, from.count() - start);
      for (int64_t i = 0; i < end; ++i) part[i] = moved_by(part[i], amount * normal[i], least, limits);
    }
    return buffer;
  };
  Inputs result = with_reals(op, inputs, moved);
  for (size_t a = 0; a < op.arguments.size(); ++a) {
    const Argument& argument = op.arguments[a];
    if (!argument.input || argument.domain.kind != Domain::Kind::spd || !is_floating(argument.dtype))
      continue;
    const auto shape = shape_of(argument, axes);
    if (shape && !shape->empty())
      result.arguments[a] =
          moved_symmetrically(result.arguments[a], static_cast<size_t>(shape->back()), amount, noise);
  }
  return result;
}

Inputs perturbed_alike(const Operator& op, const Inputs& inputs, double relative, int sign, uint64_t seed) {
  return changed_reals(
      op, inputs, [](Dtype) { return Dtype::f64; },
      [&](double v, const Argument& argument, const Limits& limits) {
        const double by = sign * relative * noise_of(std::abs(v), seed);
        return moved_by(v, by, smallest_normal(argument.dtype), limits);
      });
}

Inputs moved_far(const Operator& op, const Inputs& inputs, double relative, uint64_t seed) {
  Random random(seed);
  FastNormal normal(random);
  const auto usual_of = [&](const Argument& argument) {
    const Buffer& buffer = inputs.arguments[static_cast<size_t>(&argument - op.arguments.data())];
    double squares = 0;
    for (const double v : to_doubles(buffer.dtype(), buffer.data(), buffer.count()))
      squares += std::isfinite(v) ? v * v : 0;
    const double declared = argument.domain.kind == Domain::Kind::range
                                ? (argument.domain.high - argument.domain.low) / 4
                                : argument.domain.scale;
    return std::max(declared, std::sqrt(squares / static_cast<double>(buffer.count())));
  };
  const Argument* known = nullptr;
  double usual = 0;
  return changed_reals(
      op, inputs, [](Dtype) { return Dtype::f64; },
      [&](double v, const Argument& argument, const Limits& limits) {
        if (known != &argument) usual = usual_of(*(known = &argument));
        if (!std::isfinite(v)) return v;
        return std::clamp(v + relative * normal() * std::max(std::abs(v), usual), limits.low, limits.high);
      });
}

double step_size(const Argument& argument) {
  constexpr double kLeast = 0x1p-10;
  const Limits limits = limits_of(argument.domain, argument.dtype, 0);
  double size = 1;
  while (size > kLeast && 4 * size > limits.high - limits.low) size /= 2;
  return size;
}

std::optional<Inputs> shifted(const Operator& op, const Inputs& inputs, size_t argument, int steps,
                              uint64_t seed) {
  const Argument& which = op.arguments[argument];
  if (!is_real_array(which) || inputs.arguments[argument].empty()) return std::nullopt;
  Inputs result = copy_of(inputs);
  Buffer& buffer = result.arguments[argument];
  const Limits limits = limits_of(which.domain, which.dtype, 0);
  const double size = step_size(which);
  Random random(seed);
  for (int64_t i = 0; i < buffer.count(); ++i) {
    const double old = buffer.get(i), direction = size * (static_cast<double>(random.below(3)) - 1);
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

bool mutate_one(const Operator& op, const Axes& axes, Inputs& inputs, Random& random) {
  std::vector<size_t> candidates;
  for (size_t a = 0; a < op.arguments.size(); ++a) {
    const Argument& argument = op.arguments[a];
    const auto kind = argument.domain.kind;
    const bool fixed = kind == Domain::Kind::constant || kind == Domain::Kind::offsets;
    if (argument.input && !argument.scalar && !fixed && !inputs.arguments[a].empty()) candidates.push_back(a);
  }
  while (!candidates.empty()) {
    const size_t pick = random.below(candidates.size());
    const Argument& argument = op.arguments[candidates[pick]];
    Buffer& buffer = inputs.arguments[candidates[pick]];
    if (argument.domain.kind == Domain::Kind::spd) {
      const auto shape = shape_of(argument, axes);
      if (shape && !shape->empty() && change_spd(buffer, shape->back(), random)) return true;
      candidates.erase(candidates.begin() + static_cast<std::ptrdiff_t>(pick));
      continue;
    }
    const auto axis_size =
        argument.domain.axis.empty() ? Result<int64_t>(0) : evaluate_expression(argument.domain.axis, axes);
    const auto index = static_cast<int64_t>(random.below(static_cast<uint64_t>(buffer.count())));
    const double old = buffer.get(index);
    // Checksums whose weights repeat do so after a power of two of places, mostly.
    const auto count = static_cast<uint64_t>(buffer.count());
    const uint64_t steps = random.below(2) == 0
                               ? random.below(count)
                               : uint64_t{1} << random.below(static_cast<uint64_t>(std::bit_width(count)));
    const auto other = static_cast<int64_t>((static_cast<uint64_t>(index) + steps) % count);
    if (random.below(3) == 0 && buffer.get(other) != old) {
      buffer.set(index, buffer.get(other));
      buffer.set(other, old);
      return true;
    }
    for (int attempt = 0; attempt < 64 && axis_size; ++attempt) {
      const auto fresh =
          draw_values({argument.domain, argument.dtype, {1}, *axis_size, InputStyle::typical}, random);
      if (round_to(argument.dtype, fresh[0]) == old) continue;
      buffer.set(index, fresh[0]);
      return true;
    }
    candidates.erase(candidates.begin() + static_cast<std::ptrdiff_t>(pick));
  }
  return false;
}

}  // namespace ke
