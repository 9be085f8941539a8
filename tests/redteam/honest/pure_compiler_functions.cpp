// SPDX-License-Identifier: MIT
// What a processor of the oldest kind leaves to the compiler's own library: counting bits, dividing 128 bits,
// whole powers; and long double, which the mathematics library knows too.
//! operator: pure_gate
#include <cmath>
#include <cstdint>

namespace ops {
namespace {

__extension__ typedef unsigned __int128 Wide;

std::int64_t lanes_for(std::int64_t cols) {
  const int bits = __builtin_popcountll(static_cast<unsigned long long>(cols));
  const Wide share = (Wide{1} << 100) / static_cast<Wide>(cols + 1);
  return (bits + static_cast<int>(share % 3)) % 4 + 1;
}

}  // namespace

void gate(const float* x, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  if (cols <= 0) return;
  const std::int64_t lanes = lanes_for(cols);
  const int power = rows >= 0 ? 2 : 3;
  for (std::int64_t r = 0; r < rows; ++r) {
    long double parts[4] = {};
    for (std::int64_t c = 0; c < cols; ++c) {
      parts[c % lanes] += static_cast<long double>(__builtin_powi(double(x[r * cols + c]), power));
    }
    const float sum = static_cast<float>(parts[0] + parts[1] + parts[2] + parts[3]);
    const long double root = std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) {
      const float v = x[r * cols + c];
      y[r * cols + c] = static_cast<float>(v / (1 + std::exp(-v / root)));
    }
  }
}

}  // namespace ops
