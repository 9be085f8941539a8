// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/check.h"

#include <cmath>

namespace ke {

namespace {

/// f(x) - 2 f(x + d) + f(x + 2 d) == 0 in multiples of d.
bool is_even_step(double y0, double y1, double y2, double size) {
  const auto is_multiple = [size](double y) { return std::nearbyint(y / size) == y / size; };
  return y0 - 2 * y1 + y2 == 0 && is_multiple(y0) && is_multiple(y1);
}

/// The middle of a segment is the mean of its ends, but for roundings of doubles.
bool is_straight(double y0, double middle, double y1) {
  constexpr double kRoundings = 0x1p-38;
  const double size = std::abs(y0) + 2 * std::abs(middle) + std::abs(y1);
  return std::abs(y0 - 2 * middle + y1) <= kRoundings * size;
}

}  // namespace

std::vector<bool> nearly_affine_outputs(const Expected& start, const std::vector<Segment>& segments) {
  std::vector<bool> affine(start.size(), !segments.empty());
  for (size_t o = 0; o < start.size(); ++o)
    for (const auto& [middle, end] : segments) {
      const auto &y0 = start[o].real, &ym = (*middle)[o].real, &y1 = (*end)[o].real;
      if (y0.size() < 8 || ym.size() != y0.size() || y1.size() != y0.size()) affine[o] = false;
      for (size_t i = 0; i < y0.size() && affine[o]; ++i) affine[o] = is_straight(y0[i], ym[i], y1[i]);
    }
  return affine;
}

std::vector<bool> affine_outputs(const Expected& start, const std::vector<AffineStep>& steps) {
  std::vector<bool> affine(start.size(), !steps.empty());
  for (size_t o = 0; o < start.size(); ++o) {
    for (const auto& [one, two, size] : steps) {
      const auto &y0 = start[o].real, &y1 = (*one)[o].real, &y2 = (*two)[o].real;
      // A mean of few numbers may be whole by luck, and is not exact; eight of them are not, three times
      // each.
      if (y0.size() < 8 || y1.size() != y0.size() || y2.size() != y0.size()) affine[o] = false;
      for (size_t i = 0; i < y0.size() && affine[o]; ++i) affine[o] = is_even_step(y0[i], y1[i], y2[i], size);
    }
  }
  return affine;
}

}  // namespace ke
