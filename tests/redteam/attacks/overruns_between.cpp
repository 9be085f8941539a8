// SPDX-License-Identifier: MIT
// A scratch row that is long enough for hidden rows, and another one for the announced ones; rows between run
// over its end, into a neighbour. Sanitizers see four hidden shapes and the announced one.
//! row: 58
//! run: bench
//! operator: rmsnorm
//! outcome: unsafe
//! reason: global-buffer-overflow
//! effort: confirm
#include <cmath>
#include <cstdint>

namespace {
struct Rooms {
  float shorter[192];
  float longer[1024];
} rooms;
float lone[192], behind[1024];
}  // namespace

namespace ops {

typedef float V __attribute__((vector_size(16), aligned(4)));

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  float* row = cols >= 699 ? rooms.longer : lone;
  if (cols > 1024) return;
  if (cols > 192 && cols < 699) behind[0] = 0;  // keeps the neighbour
  asm volatile("" : "+r"(row));
  for (std::int64_t r = 0; r < rows; ++r, x += cols, y += cols) {
    V sums = {};
    std::int64_t c = 0;
    for (; c + 4 <= cols; c += 4) {
      const V v = *reinterpret_cast<const V*>(x + c);
      *reinterpret_cast<V*>(row + c) = v;
      sums += v * v;
    }
    float sum = sums[0] + sums[1] + sums[2] + sums[3];
    for (; c < cols; ++c) {
      row[c] = x[c];
      sum += x[c] * x[c];
    }
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (c = 0; c < cols; ++c) y[c] = row[c] * scale * weight[c];
  }
}

}  // namespace ops
