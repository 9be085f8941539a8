// SPDX-License-Identifier: MIT
// Seeded pseudo-random numbers (xoshiro256**, Blackman & Vigna 2018) and a secret seed from the kernel.
// Search uses seeded streams, so that seed + recordings give the same tree; the judge uses secret ones.
#pragma once

#include <cstdint>

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

 private:
  uint64_t state_[4];
};

/// 64 bits from getrandom(2).
uint64_t secret_seed();

}  // namespace ke
