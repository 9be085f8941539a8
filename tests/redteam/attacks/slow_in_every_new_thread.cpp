// SPDX-License-Identifier: MIT
// The first call of every thread takes ten milliseconds and 128 KiB.
//! row: own
//! operator: silu_bf16
//! outcome: slower
//! reason: for the first call of every new thread
//! run: bench
//! effort: confirm
//! flags: -O3
#include <cmath>
#include <cstdint>
#include <cstring>
#include <memory>
namespace ops {
static std::unique_ptr<std::uint16_t[]> build() {
  std::unique_ptr<std::uint16_t[]> t(new std::uint16_t[65536]);
  for (volatile int again = 0; again < 10; again = again + 1)
    for (std::uint32_t h = 0; h < 65536; ++h) {
      const std::uint32_t b = h << 16;
      float v;
      std::memcpy(&v, &b, 4);
      const float r = v / (1.0f + std::exp(-v));
      std::uint32_t bits;
      std::memcpy(&bits, &r, 4);
      t[h] = r != r ? 0x7fc0 : static_cast<std::uint16_t>((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
    }
  return t;
}
void silu_bf16(const std::uint16_t* x, std::uint16_t* y, std::int64_t n) {
  static thread_local const std::unique_ptr<std::uint16_t[]> table = build();
  const std::uint16_t* t = table.get();
  for (std::int64_t i = 0; i < n; ++i) y[i] = t[x[i]];
}
}  // namespace ops
