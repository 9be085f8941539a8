// SPDX-License-Identifier: MIT
#include "ke-build/base/random.h"

#include "ke-build/base/result.h"

#include <cmath>

#include <sys/random.h>

namespace ke {
namespace {

uint64_t rotate(uint64_t x, int k) { return (x << k) | (x >> (64 - k)); }

/// SplitMix64 (Steele, Lea & Flood 2014) spreads a small seed over the whole state.
uint64_t split_mix(uint64_t& x) {
  uint64_t z = (x += 0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

}  // namespace

Random::Random(uint64_t seed) {
  for (uint64_t& word : state_) word = split_mix(seed);
}

uint64_t Random::next() {
  const uint64_t result = rotate(state_[1] * 5, 7) * 9;
  const uint64_t t = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= t;
  state_[3] = rotate(state_[3], 45);
  return result;
}

double Random::uniform() { return static_cast<double>(next() >> 11) * 0x1p-53; }

uint64_t Random::below(uint64_t n) {
  KE_CHECK(n > 0);
  // Rejection keeps the draw unbiased (Lemire 2019, without the fast path).
  const uint64_t limit = UINT64_MAX - UINT64_MAX % n;
  uint64_t draw = next();
  while (draw >= limit) draw = next();
  return draw % n;
}

double Random::normal() {
  while (true) {
    const double u = 2 * uniform() - 1, v = 2 * uniform() - 1, s = u * u + v * v;
    if (s > 0 && s < 1) return u * std::sqrt(-2 * std::log(s) / s);
  }
}

uint64_t secret_seed() {
  uint64_t seed = 0;
  KE_CHECK(getrandom(&seed, sizeof seed, 0) == sizeof seed);
  return seed;
}

}  // namespace ke
