// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/input_structured.h"

#include <algorithm>
#include <cmath>

namespace ke {

namespace {

/// Weight of one bag; their shares of the total are what distinguishes the styles.
double bag_weight(InputStyle style, size_t bag, size_t bags, size_t hot, Random& random) {
  switch (style) {
    case InputStyle::heavy_tail:
      return std::exp(3 * random.normal());
    case InputStyle::one_hot:
      return bag == hot ? 1 : 0;
    case InputStyle::constant_rows:
      return 1;
    case InputStyle::sorted:
      return static_cast<double>(bag + 1);
    case InputStyle::alternating_sign:
      return bag % 2 == 0 && bags > 1 ? 0 : 1;
    case InputStyle::sparse:
      return random.below(3) == 0 || bag == hot ? -std::log1p(-random.uniform()) : 0;
    case InputStyle::spikes:
      return bag == hot ? static_cast<double>(bags) : 1;
    default:
      return -std::log1p(-random.uniform());  // uniform order statistics
  }
}

// Padding: ones in front or behind, and now and then a hole, for those who look for one end only.
void put_in_order(double* first, double* last, bool both, Random& random) {
  std::sort(first, last);
  if (random.below(2) == 0) std::reverse(first, last);
  if (!both || random.below(3) != 0) return;
  double& odd = first[random.below(static_cast<uint64_t>(last - first))];
  odd = 1 - odd;
}

}  // namespace

void fill_mask(std::vector<double>& values, int64_t row, double density, InputStyle style, Random& random) {
  const bool both = density > 0 && density < 1;
  const auto bernoulli = [&](double p) { return random.uniform() < p ? 1.0 : 0.0; };
  for (size_t start = 0; start < values.size(); start += static_cast<size_t>(row)) {
    double* first = &values[start];
    double* last = first + row;
    if (style == InputStyle::one_hot && both) {
      std::fill(first, last, 0);
      first[random.below(static_cast<uint64_t>(row))] = 1;
    } else if (style == InputStyle::constant_rows) {
      std::fill(first, last, bernoulli(density));
    } else if (style == InputStyle::alternating_sign && both) {
      for (int64_t i = 0; i < row; ++i) first[i] = i % 2 == 0;
    } else {
      const double p = style == InputStyle::heavy_tail ? density / 8
                       : style == InputStyle::spikes   ? 1 - (1 - density) / 8
                                                       : density;
      std::generate(first, last, [&] { return bernoulli(p); });
      if (style == InputStyle::sorted) put_in_order(first, last, both, random);
    }
  }
}

void blank_out(double* row, int64_t length, double zero, Random& random) {
  const auto at = static_cast<int64_t>(random.below(static_cast<uint64_t>(length) + 1));
  const double density = random.uniform();
  switch (random.below(5)) {
    case 0:
      return std::fill(row, row + length, zero);
    case 1:
      return std::fill(row, row + at, zero);
    case 2:
      return std::fill(row + at, row + length, zero);
    default:
      for (int64_t i = 0; i < length; ++i)
        if (random.uniform() >= density) row[i] = zero;
  }
}

void grade_lines(std::vector<double>& values, int64_t row, int lowest, Random& random) {
  const size_t width = static_cast<size_t>(row), height = values.size() / width;
  // Half of them stay as they are, so that the others have something to hide beside; one by one, or stretch
  // by stretch, for who carries a sum along them.
  const auto exponents = [&](size_t lines) {
    std::vector<int> some(lines, 0);
    const size_t stretch = random.below(2) == 0 ? 1 : 1 + random.below(lines / 2 + 1);
    // Stretches are few: small ones are very small, also for who carries a sum in double or in whole numbers.
    const int least = stretch == 1 ? 0 : lowest * 3 / 4, last = stretch == 1 ? lowest : 2 * lowest;
    int exponent = 0;
    for (size_t i = 0; i < lines; ++i) {
      if (i % stretch == 0)
        exponent = random.below(2) == 0
                       ? 0
                       : least - static_cast<int>(random.below(static_cast<uint64_t>(least - last) + 1));
      some[i] = exponent;
    }
    return some;
  };
  // Of a product of matrices the rows of one operand and the columns of the other are what results follow.
  const uint64_t choice = random.below(4);
  const std::vector<int> rows = exponents(choice == 0 ? 0 : height),
                         columns = exponents(choice == 1 ? 0 : width);
  for (size_t i = 0; i < height; ++i)
    for (size_t j = 0; j < width; ++j)
      values[i * width + j] = std::ldexp(values[i * width + j],
                                         (rows.empty() ? 0 : rows[i]) + (columns.empty() ? 0 : columns[j]));
}

void fill_offsets(std::vector<double>& values, int64_t total, InputStyle style, Random& random) {
  const size_t bags = values.size() - 1;
  if (bags == 0) {
    values[0] = 0;
    return;
  }
  const size_t hot = random.below(bags);
  double sum = 0;
  values[0] = 0;
  for (size_t bag = 0; bag < bags; ++bag) {
    sum += bag_weight(style, bag, bags, hot, random);
    values[bag + 1] = sum;
  }
  const double step = sum > 0 ? static_cast<double>(total) / sum : 0;
  for (size_t i = 1; i < bags; ++i)
    values[i] = std::min(std::floor(values[i] * step), static_cast<double>(total));
  values[bags] = static_cast<double>(total);
}

void fill_runs(double* row, int64_t length, const std::function<double()>& draw, Random& random) {
  for (int64_t at = 0; at < length;) {
    const int64_t stretch = std::min(length, at + 64 + static_cast<int64_t>(random.below(2048)));
    const bool aligned = random.below(2) == 0;
    const uint64_t longest = 1 + random.below(8);
    std::vector<double> few(2 + random.below(3));
    std::generate(few.begin(), few.end(), draw);
    while (at < stretch) {
      const int64_t size = int64_t{1} << random.below(longest + 1);
      int64_t end = at + size + (aligned ? 0 : static_cast<int64_t>(random.below(3)) - 1);
      if (aligned) end = (end + size - 1) / size * size;
      end = std::min(std::max(end, at + 1), length);
      std::fill(row + at, row + end, few[random.below(few.size())]);
      at = end;
    }
  }
}

void put_negative_rows(std::vector<double>& values, int64_t row, Random& random) {
  if (random.below(4) == 0) return;
  for (size_t start = 0; start < values.size(); start += static_cast<size_t>(row))
    if (random.below(3) == 0)
      for (size_t i = start; i < start + static_cast<size_t>(row); ++i) values[i] = -std::abs(values[i]);
}

void repeat_rows(std::vector<double>& values, int64_t row, const std::function<double()>& draw,
                 Random& random) {
  const auto length = static_cast<size_t>(row);
  for (size_t start = length; start < values.size(); start += length) {
    if (random.below(2) == 0) continue;
    std::copy_n(&values[start - length], length, &values[start]);
    values[start + random.below(length)] = draw();
  }
}

void fill_walks(std::vector<double>& values, const std::vector<int64_t>& shape, bool turns, int axis,
                double low, double high, Random& random) {
  const bool up = random.below(2) == 0;
  if (!turns) return std::fill(values.begin(), values.end(), up ? high : low);
  const size_t along = axis >= 0 ? static_cast<size_t>(axis) : random.below(shape.size());
  size_t stride = 1;
  for (size_t a = along + 1; a < shape.size(); ++a) stride *= static_cast<size_t>(shape[a]);
  const auto length = static_cast<size_t>(shape[along]);
  // One way back, mostly about half-way, or several.
  std::vector<bool> high_at(length);
  const size_t cuts = 1 + random.below(2) * random.below(4);
  for (size_t cut = 0; cut < cuts; ++cut) {
    const size_t from = cuts == 1 ? length / 4 + random.below(length / 2 + 1) : random.below(length);
    for (size_t i = from; i < length; ++i) high_at[i] = !high_at[i];
  }
  for (size_t i = 0; i < values.size(); ++i) {
    const bool highest = high_at[i / stride % length] == up;
    const double inside = random.below(16) == 0 && high - low >= 4 ? 1 : 0;
    values[i] = highest ? high - inside : low + inside;
  }
}

void fill_ramp(double* row, int64_t length, double low, double high, Random& random) {
  const double room = high - low - static_cast<double>(length);
  const double first =
      low +
      (room >= 1 ? static_cast<double>(random.below(static_cast<uint64_t>(std::min(room, 0x1p62)))) : 0);
  for (int64_t i = 0; i < length; ++i) row[i] = std::min(first + static_cast<double>(i), high);
  const auto any = [&] { return row + random.below(static_cast<uint64_t>(length)); };
  if (random.below(4) != 0) std::iter_swap(any(), any());
}

}  // namespace ke
