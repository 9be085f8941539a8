// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/input_balance.h"

#include "ke-build/model/spec.h"

#include <algorithm>
#include <cmath>

namespace ke {
namespace {

bool may_be_balanced(const Argument& argument) {
  return is_real_array(argument) && argument.domain.kind == Domain::Kind::normal &&
         unit_roundoff(argument.dtype) <= 0x1p-8 && argument.dtype != Dtype::f16;
}

auto count_of(const Argument& argument, const std::string& axis) {
  return std::count(argument.shape.begin(), argument.shape.end(), axis);
}

bool is_contracted(const Operator& op, const Argument& one, const Argument& other, const std::string& axis) {
  const bool kept = std::any_of(op.arguments.begin(), op.arguments.end(), [&](const Argument& argument) {
    return argument.output && count_of(argument, axis) > 0;
  });
  return !kept || count_of(one, axis) > 1 || count_of(other, axis) > 1;
}

void scale_lines(Buffer& buffer, const std::vector<int64_t>& shape, size_t axis,
                 const std::vector<int>& exponents, int sign) {
  int64_t stride = 1;
  for (size_t a = axis + 1; a < shape.size(); ++a) stride *= shape[a];
  for (int64_t i = 0; i < buffer.count(); ++i)
    buffer.set(i, std::ldexp(buffer.get(i), sign * exponents[static_cast<size_t>(i / stride % shape[axis])]));
}

/// Powers of two by which the largest number may grow so that its square is still one.
int bits_left(const Buffer& buffer) {
  double largest = 1;
  for (int64_t i = 0; i < buffer.count(); ++i) largest = std::max(largest, std::abs(buffer.get(i)));
  return static_cast<int>(std::log2(largest_finite(buffer.dtype())) / 2 - std::log2(largest));
}

/// A third of the lines stay as they are; one by one, or stretch by stretch.
std::vector<int> draw_exponents(size_t lines, int bits, Random& random) {
  const size_t stretch = random.below(2) == 0 ? 1 : 1 + random.below(lines / 2 + 1);
  const int least = bits / 3;
  const int most = random.below(2) == 0
                       ? bits
                       : least + static_cast<int>(random.below(static_cast<uint64_t>(bits - least) + 1));
  std::vector<int> exponents(lines, 0);
  for (size_t i = 0; i < lines; ++i)
    exponents[i] = i % stretch == 0 ? (static_cast<int>(random.below(3)) - 1) * most : exponents[i - 1];
  exponents[random.below(lines)] = most;
  return exponents;
}

}  // namespace

std::optional<SharedAxis> draw_shared_axis(const Operator& op, Random& random) {
  std::vector<SharedAxis> found;
  for (size_t a = 0; a < op.arguments.size(); ++a)
    for (size_t b = a + 1; b < op.arguments.size(); ++b) {
      const Argument &one = op.arguments[a], &other = op.arguments[b];
      if (!may_be_balanced(one) || !may_be_balanced(other)) continue;
      for (size_t i = 0; i < one.shape.size(); ++i)
        for (size_t j = 0; j < other.shape.size(); ++j)
          if (one.shape[i] == other.shape[j] && is_contracted(op, one, other, one.shape[i]))
            found.push_back({{a, i}, {b, j}});
    }
  if (found.empty()) return std::nullopt;
  return found[random.below(found.size())];
}

Result<> balance(const Operator& op, const Axes& axes, const SharedAxis& shared, int bits, Inputs& inputs,
                 Random& random) {
  const auto [one, other] = shared;
  KE_TRY(const std::vector<int64_t> shape, shape_of(op.arguments[one.argument], axes));
  KE_TRY(const std::vector<int64_t> beside, shape_of(op.arguments[other.argument], axes));
  if (shape[one.axis] < 2) return ok();
  for (const SharedAxis::Place& place : {one, other})
    bits = std::min(bits, bits_left(inputs.arguments[place.argument]));
  if (bits < 1) return ok();
  const std::vector<int> exponents = draw_exponents(static_cast<size_t>(shape[one.axis]), bits, random);
  scale_lines(inputs.arguments[one.argument], shape, one.axis, exponents, 1);
  scale_lines(inputs.arguments[other.argument], beside, other.axis, exponents, -1);
  return ok();
}

}  // namespace ke
