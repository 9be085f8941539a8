// SPDX-License-Identifier: MIT
// Looks at the bits of floats through memcpy and a union of vectors.
//! operator: saxpy
#include <cstdint>
#include <cstring>

namespace ops {

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) {
    std::uint32_t bits;
    std::memcpy(&bits, x + i, sizeof bits);
    const std::uint32_t sign = bits & 0x80000000u;
    bits &= 0x7fffffffu;
    bits |= sign;
    float value;
    std::memcpy(&value, &bits, sizeof value);
    z[i] = a * value + y[i];
  }
}

}  // namespace ops
