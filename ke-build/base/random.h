// SPDX-License-Identifier: MIT
// Seeded pseudo-random numbers (xoshiro256**, Blackman & Vigna 2018) and a secret seed from the kernel.
// Search uses seeded streams, so that seed + recordings give the same tree; the judge uses secret ones.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace ke {

class Random {
 public:
  explicit Random(uint64_t seed);
  uint64_t next();
  /// Uniform in [0, 1).
  double uniform();
  /// Uniform in [0, n); n > 0.
  uint64_t below(uint64_t n);
  /// Standard normal (Marsaglia polar method).
  double normal();
  /// Random order (Fisher & Yates).
  template <class T>
  void shuffle(std::vector<T>& some) {
    for (size_t i = some.size(); i > 1; --i) std::swap(some[i - 1], some[below(i)]);
  }

 private:
  uint64_t state_[4];
};

/// 64 bits from getrandom(2).
uint64_t secret_seed();

}  // namespace ke
