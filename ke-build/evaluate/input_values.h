// SPDX-License-Identifier: MIT
// Values of one argument: what each domain and style means in numbers. Internal to inputs.cpp.
#pragma once

#include "ke-build/base/random.h"
#include "ke-build/evaluate/inputs.h"

#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

namespace ke {

struct ValueRequest {
  const Domain& domain;
  Dtype dtype;
  std::vector<int64_t> shape;  // at least one axis
  int64_t axis_size = 0;       // of an index or offsets domain
  InputStyle style = InputStyle::typical;
  // specials, masked, graded: whether it is this argument that is changed; tiny: whether all of it is
  // subnormal, not only every second number
  bool afflict = true;
  // rescaled: values are multiplied by this power of two; graded: the smallest row may be; small_integers:
  // none is larger; constant_rows, nearly: above 0 the ends of ranges; extremes: above 0 the large ones;
  // giants: above 0 up to the largest one, else the logarithm of what is left of it beside the factors that
  // it meets; ties: above 0 decimals, where they are doubles; walks: the axis along which it turns, or -1.
  int exponent = 0;
};

/// One value per element; inside the domain also after rounding to the dtype.
/// REQUIRES: an offsets argument has >= 2 elements or axis_size 0; an spd one is square in its last two axes.
std::vector<double> draw_values(const ValueRequest& request, Random& random);

/// The multiple of 1 / `part`, or of a tenth, hundredth, ... of that where it would be 0, nearest to `value`.
inline double nearest_decimal(double value, double part) {
  while (std::abs(value) * part < 1 && part < 1e20 && value != 0) part *= 10;
  return std::round(value * part) / part;
}

/// The numbers that a value of this domain may lie between after rounding to the dtype.
struct Limits {
  double low, high;
};
Limits limits_of(const Domain& domain, Dtype dtype, int64_t axis_size);

/// Standard normal numbers at a few nanoseconds each: linear inside 4096 bins of equal probability, exact in
/// the tails.
class FastNormal {
 public:
  explicit FastNormal(Random& random) : random_(random) {}
  double operator()();

 private:
  Random& random_;
};

/// Standard normal numbers for `count` places. Where they are many they cost next to nothing: stretches of
/// one table that begin at a drawn place. Good enough for noise, not for data.
class NormalNoise {
 public:
  static constexpr int64_t kStretch = 256;
  NormalNoise(uint64_t seed, int64_t count) : random_(seed), few_(count <= kFew) {}
  /// So many numbers, valid until the next call.
  const double* stretch();

 private:
  static constexpr int64_t kFew = 1 << 16;

  Random random_;
  bool few_;
  std::array<double, kStretch> drawn_;
};

}  // namespace ke
