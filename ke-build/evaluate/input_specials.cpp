// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/input_specials.h"

#include "ke-build/evaluate/buffer.h"
#include "ke-build/model/spec.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>

namespace ke {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr size_t kMostRows = 8;
constexpr size_t kLargestBlock = 8;

/// NaN has many patterns of bits: the usual one, that of 0 / 0 on x86 (the sign set), that of
/// memory filled with ones, and any other. Conversions to shorter formats keep the sign and the upper bits.
double any_nan(Random& random) {
  constexpr uint64_t kQuiet = 0x7ff8000000000000, kSign = uint64_t{1} << 63, kPayload = 0x7ffffffffffff;
  const uint64_t choice = random.below(3);
  const uint64_t payload = choice == 0 ? kPayload : choice == 1 ? random.next() & kPayload : 0;
  const uint64_t sign = random.below(2) == 0 ? kSign : 0;
  return std::bit_cast<double>(kQuiet | payload | sign);
}

/// NaN most often by itself, because beside an infinity it hides behind Inf - Inf.
double special_of(size_t plan, Random& random) {
  const uint64_t kind = plan < 3 ? plan : plan == 3 ? random.below(3) : 0;
  return kind == 0 ? any_nan(random) : kind == 1 ? kInfinity : -kInfinity;
}

}  // namespace

size_t place_in(size_t row, Random& random) {
  switch (random.below(4)) {
    case 0:
      return 0;
    case 1:
      return row / 2;
    case 2:
      return row - 1;
    default:
      return random.below(row);
  }
}

void put_specials(std::vector<double>& values, int64_t row, Random& random) {
  const auto length = static_cast<size_t>(row);
  const size_t rows = values.size() / length;
  const size_t afflicted = std::clamp<size_t>((rows + 1) / 3, 1, kMostRows);
  // Where all is one row, elements may have nothing to do with each other: some more of them.
  const size_t places = rows == 1 ? std::clamp<size_t>(length / 64, 1, 12) : 1;
  for (size_t i = 0; i < afflicted; ++i) {
    double* first = &values[random.below(rows) * length];
    const size_t plan = random.below(i == 0 ? 6 : 4), count = places + random.below(3);
    for (size_t k = 0; k < count; ++k) first[place_in(length, random)] = special_of(plan, random);
  }
}

void put_infinities(std::vector<double>& values, int64_t row, double largest, Random& random) {
  const auto length = static_cast<size_t>(row);
  const size_t rows = values.size() / length, count = std::clamp<size_t>((rows + 1) / 3, 1, kMostRows);
  for (size_t i = 0; i < count; ++i) {
    const double infinity = random.below(2) == 0 ? kInfinity : -kInfinity;
    double* first = &values[random.below(rows) * length];
    if (largest > 0 && random.below(2) == 0)
      first[place_in(length, random)] = std::copysign(largest, infinity);
    for (size_t k = 1 + random.below(3); k > 0; --k) first[place_in(length, random)] = infinity;
  }
}

void put_zeros(std::vector<double>& values, Random& random) {
  for (size_t i = 0; i < values.size(); i += 8) {
    double& value = values[i + random.below(std::min<size_t>(8, values.size() - i))];
    if (std::isfinite(value)) value = random.below(2) == 0 ? 0.0 : -0.0;
  }
}

void put_zero_tops(std::vector<double>& values, int64_t row, Random& random) {
  const auto length = static_cast<size_t>(row);
  for (size_t start = 0; start < values.size(); start += length) {
    if (random.below(3) != 0) continue;
    for (size_t i = start; i < start + length; ++i) values[i] = -std::abs(values[i]);
    for (size_t k = 0; k < std::min<size_t>(length, 4); ++k)
      values[start + random.below(length)] = k % 2 == 0 ? -0.0 : 0.0;
  }
}

void put_extremes(std::vector<double>& values, Dtype dtype, bool giants, Random& random) {
  // So far from overflow that it does not depend on the order of a sum; nobody sums in 8 bits.
  const double room = size_of(dtype) == 1 ? 1 : dtype == Dtype::f16 ? 0x1p-10 : 0x1p-20;
  // Kernels on bfloat16 compute in float and are their own reference: who squares in double would be wrong.
  const double most = dtype == Dtype::bf16 ? std::sqrt(largest_finite(dtype)) : largest_finite(dtype);
  const double large = most * room, small = smallest_normal(dtype);
  const double extremes[2][5] = {{0.0, -0.0, smallest_subnormal(dtype), -small / 2, small},
                                 {0.0, -0.0, large, -large, large / 2}};
  for (size_t i = 0; i < values.size(); i += 16)
    values[i + random.below(std::min<size_t>(16, values.size() - i))] = extremes[giants][random.below(5)];
}

void grow_to_giants(std::vector<double>& values, Dtype dtype, double scale, int exponent, Random& random) {
  constexpr double kUsual = 4;  // times the scale; what is larger is cut off
  const double largest = largest_finite(dtype);
  const double most =
      exponent > 0 ? largest : std::ldexp(largest / (16 * static_cast<double>(values.size())), exponent);
  if (most < 256 * scale) return;
  // The upper end most often, and what lies between it and the sizes that other styles have.
  const double top = round_to(dtype, std::ldexp(most, -static_cast<int>(random.below(2) * random.below(8))));
  for (double& value : values) {
    value = round_to(dtype, std::clamp(value / (kUsual * scale), -1.0, 1.0) * top);
    if (random.below(16) == 0) value = std::copysign(top, value);
  }
  put_zeros(values, random);
}

double padding_of(Dtype dtype, bool lowest, Random& random) {
  const double largest = largest_finite(dtype);
  constexpr std::array kUsual = {1e3, 1e4, 65504.0, 1e9};
  const double usual = kUsual[random.below(kUsual.size())];
  return (lowest && random.below(2) == 0) || usual > largest ? -largest : round_to(dtype, -usual);
}

void put_masks(std::vector<double>& values, const std::vector<int64_t>& shape, double fill, Random& random) {
  const auto columns = static_cast<size_t>(shape.back());
  const size_t rows = values.size() / columns;
  const size_t kept = random.below(rows);
  const auto mask = [&](size_t r, size_t from, size_t to) {
    std::fill(&values[r * columns] + from, &values[r * columns] + to, fill);
  };
  for (size_t r = 0; r < rows; ++r) {
    if (random.below(4) == 0) {
      // Windows that slide leave something between two stretches.
      const size_t from = 1 + random.below(columns);
      mask(r, from, columns);
      const size_t hole = random.below(from);
      if (random.below(2) == 0) mask(r, hole, hole + random.below(from - hole + 1));
    }
    if (random.below(8) == 0 && (r != kept || rows == 1)) mask(r, 0, columns);
  }
  if (rows > 1) mask((kept + 1 + random.below(rows - 1)) % rows, 0, columns);
  // Windows of pooling and stencils lie in two axes; a block of more than twice their width holds a whole
  // one.
  const size_t plane = shape.size() < 2 ? 1 : static_cast<size_t>(shape[shape.size() - 2]);
  const size_t height = std::min(plane, 3 + random.below(kLargestBlock - 2));
  const size_t width = std::min(columns, 3 + random.below(kLargestBlock - 2));
  const size_t top = random.below(rows / plane) * plane + random.below(plane - height + 1);
  const size_t left = random.below(columns - width + 1);
  for (size_t r = top; r < top + height; ++r) mask(r, left, left + width);
}

}  // namespace ke
