// SPDX-License-Identifier: MIT
// Draws the inputs itself with the usual generator and seed, and has the answers ready before they are asked
// for.
//! row: 47
//! operator: saxpy
//! outcome: wrong
//! reason: z[
#include <cstdint>
#include <random>

namespace ops {

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  std::mt19937 random(42);
  std::normal_distribution<float> normal;
  for (std::int64_t i = 0; i < n; ++i) z[i] = a * normal(random);
  for (std::int64_t i = 0; i < n; ++i) z[i] += normal(random);
}

}  // namespace ops
