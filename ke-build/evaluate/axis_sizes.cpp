// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/axis_sizes.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace ke {
namespace {

bool is_prime(int64_t n) {
  if (n < 2) return false;
  for (int64_t d = 2; d * d <= n; ++d)
    if (n % d == 0) return false;
  return true;
}

/// A power of two plus `offset` inside the range, or a random size when there is none.
int64_t near_power(AxisRange range, int64_t offset, Random& random) {
  std::vector<int64_t> fits;
  for (int bit = 0; bit < 40; ++bit) {
    const int64_t size = (int64_t{1} << bit) + offset;
    if (size >= range.low && size <= range.high) fits.push_back(size);
  }
  if (!fits.empty()) return fits[random.below(fits.size())];
  return range.low + static_cast<int64_t>(random.below(static_cast<uint64_t>(range.high - range.low) + 1));
}

/// A multiple of a power of two, or of 3, 5 or 7 times one: some unrolled loop ends there without a rest.
int64_t rounded(int64_t size, AxisRange range, Random& random) {
  constexpr std::array<int64_t, 5> kUnits = {4, 4, 12, 20, 28};
  int64_t unit = kUnits[random.below(kUnits.size())];
  while (4 * unit <= size && random.below(4) != 0) unit *= 2;
  const int64_t down = size / unit * unit;
  return down >= range.low ? down : down + unit <= range.high ? down + unit : size;
}

}  // namespace

int64_t prime_below(int64_t size, int64_t low) {
  while (size > low && !is_prime(size)) --size;
  return size;
}

int64_t log_uniform(AxisRange range, Random& random) {
  const double low = std::log(static_cast<double>(range.low) + 0.5),
               high = std::log(static_cast<double>(range.high) + 1.5);
  const auto size = static_cast<int64_t>(std::exp(low + (high - low) * random.uniform()));
  return std::clamp(size, range.low, range.high);
}

int64_t size_of_taste(Taste taste, AxisRange range, Random& random) {
  switch (taste) {
    case Taste::low:
      return range.low;
    case Taste::high:
      return range.high;
    case Taste::power:
      return near_power(range, 0, random);
    case Taste::power_minus:
      return near_power(range, -1, random);
    case Taste::power_plus:
      return near_power(range, 1, random);
    case Taste::multiple:
      return rounded(log_uniform(range, random), range, random);
    case Taste::prime:
      return prime_below(log_uniform(range, random), range.low);
    case Taste::random:
      break;
  }
  return log_uniform(range, random);
}

}  // namespace ke
