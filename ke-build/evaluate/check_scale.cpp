// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/check_scale.h"

#include "ke-build/base/random.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ke {

namespace {

// Fewer elements than this say too little about the size of the sums behind them.
constexpr size_t kFewElements = 32;
// A median of as many is within a few percent of that of all.
constexpr size_t kSample = 2048;

/// Root mean square of the finite elements; scaled, because squares of large doubles overflow.
struct MeanSquare {
  double sum = 0;
  size_t count = 0;

  void add(double v, double unit) {
    if (!std::isfinite(v)) return;
    sum += (v / unit) * (v / unit);
    ++count;
  }
  double root(double unit) const {
    return count == 0 ? 0 : unit * std::sqrt(sum / static_cast<double>(count));
  }
};

size_t columns_of(const std::vector<int64_t>& shape, size_t count) {
  if (shape.empty() || shape.back() <= 0) return std::max<size_t>(count, 1);
  return static_cast<size_t>(shape.back());
}

}  // namespace

std::vector<double> output_scale(const std::vector<double>& values, const std::vector<int64_t>& shape,
                                 bool alike) {
  std::vector<double> scale(values.size(), 0);
  double unit = 0;
  for (double v : values) unit = std::isfinite(v) ? std::max(unit, std::abs(v)) : unit;
  if (unit == 0) return scale;
  const size_t columns = columns_of(shape, values.size()), rows = values.size() / columns;
  MeanSquare all;
  std::vector<MeanSquare> row(rows), column(columns);
  for (size_t i = 0; i < rows; ++i) {
    for (size_t j = 0; j < columns; ++j) {
      const double v = values[i * columns + j];
      row[i].add(v, unit);
      column[j].add(v, unit);
    }
    all.sum += row[i].sum;
    all.count += row[i].count;
  }
  const double whole = all.root(unit);
  for (size_t i = 0; i < rows; ++i) {
    const double own =
        columns < kFewElements || alike ? std::max(row[i].root(unit), whole) : row[i].root(unit);
    for (size_t j = 0; j < columns; ++j) {
      const double v = values[i * columns + j];
      const double outer = shape.size() >= 2 ? own * (column[j].root(unit) / whole) : 0;
      scale[i * columns + j] = std::max({own, outer, std::isfinite(v) ? std::abs(v) : 0});
    }
  }
  return scale;
}

void raise_to_weights(std::vector<double>& scale, const std::vector<double>& weights, double factor) {
  if (weights.size() != scale.size()) return;
  for (size_t i = 0; i < scale.size(); ++i)
    if (std::isfinite(weights[i])) scale[i] = std::max(scale[i], factor * std::abs(weights[i]));
}

void cap_by_weights(std::vector<double>& scale, const std::vector<double>& values,
                    const std::vector<double>& weights) {
  if (weights.size() != scale.size()) return;
  for (size_t i = 0; i < scale.size(); ++i)
    if (std::isfinite(weights[i]) && std::isfinite(values[i]))
      scale[i] = std::min(scale[i], std::max(std::abs(values[i]), std::abs(weights[i])));
}

void raise_to_sensitivity(std::vector<double>& scale, const std::vector<double>& values,
                          const std::vector<double>& moved, const std::vector<int64_t>& shape,
                          double relative) {
  if (moved.size() != values.size() || values.empty()) return;
  size_t columns = columns_of(shape, values.size());
  if (columns < kFewElements) columns = values.size();
  std::vector<double> distances;
  Random random(values.size());
  for (size_t start = 0; start < values.size(); start += columns) {
    const size_t end = std::min(start + columns, values.size()), count = end - start;
    distances.clear();
    for (size_t k = 0; k < std::min(count, kSample); ++k) {
      const size_t i = start + (count <= kSample ? k : random.below(count));
      if (const double d = std::abs(moved[i] - values[i]); std::isfinite(d)) distances.push_back(d);
    }
    if (distances.empty()) continue;
    const auto middle = distances.begin() + static_cast<std::ptrdiff_t>(distances.size() / 2);
    std::nth_element(distances.begin(), middle, distances.end());
    const double size = *middle / (0.6745 * relative);
    for (size_t i = start; i < end; ++i) scale[i] = std::max(scale[i], size);
  }
}

std::vector<double> own_sensitivity(const std::vector<double>& values,
                                    const std::vector<const std::vector<double>*>& moved, double relative) {
  constexpr size_t kBlock = 512;  // stays in the first cache while one direction after the other is read
  constexpr double kLargest = std::numeric_limits<double>::max();
  std::vector<double> second(values.size(), 0);
  for (size_t start = 0; start < values.size(); start += kBlock) {
    const size_t count = std::min(kBlock, values.size() - start);
    double largest[kBlock] = {};
    for (const std::vector<double>* one : moved) {
      if (one->size() != values.size()) continue;
      for (size_t i = 0; i < count; ++i) {
        const double distance = std::abs((*one)[start + i] - values[start + i]);
        const double finite = distance <= kLargest ? distance : 0;
        second[start + i] = std::max(second[start + i], std::min(finite, largest[i]));
        largest[i] = std::max(largest[i], finite);
      }
    }
    for (size_t i = 0; i < count; ++i) second[start + i] /= relative;
  }
  return second;
}

std::vector<double> own_errors(const std::vector<std::pair<const Expected*, const Expected*>>& around,
                               size_t output, size_t count) {
  std::vector<double> largest(count, 0);
  for (const auto& [expected, found] : around) {
    const std::vector<double>&is = (*found)[output].real, &should = (*expected)[output].real;
    for (size_t i = 0; i < count; ++i) largest[i] = std::max(largest[i], std::abs(is[i] - should[i]));
  }
  return largest;
}

}  // namespace ke
