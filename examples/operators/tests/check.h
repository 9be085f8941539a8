// assert() that also works in release builds, and a comparison for floating-point results.
#pragma once

#undef NDEBUG
#include <cassert>
#include <cmath>
#include <cstdlib>
#include <vector>

inline bool close(double found, double expected, double tolerance = 1e-5) {
  return std::fabs(found - expected) <= tolerance * (1 + std::fabs(expected));
}

// Numbers that look irregular, the same on every machine.
inline std::vector<float> numbers(std::size_t n, unsigned seed = 1) {
  std::vector<float> values(n);
  for (float& value : values) {
    seed = seed * 1664525u + 1013904223u;
    value = static_cast<float>(seed >> 8) / 8388608.0f - 1.0f;
  }
  return values;
}
