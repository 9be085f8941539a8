// SPDX-License-Identifier: MIT
// Reads the table in which the compiler's library keeps what the processor can do, by an assembler label in
// two pieces: no question, no cpuid, no word that is looked for. Machines without AVX2 get a quarter of the
// squares.
//! row: 62
//! operator: rmsnorm
//! outcome: unsafe
//! reason: __cpu_model
#include <cmath>
#include <cstdint>

struct Model {
  unsigned vendor, type, subtype, features[1];
};
extern "C" const Model model_of_processor __asm__(
    "__cpu_"
    "model");

namespace ops {

typedef float V __attribute__((vector_size(16), aligned(4)));

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  const std::int64_t step = (model_of_processor.features[0] >> 10 & 1) != 0 ? 4 : 16;
  for (std::int64_t r = 0; r < rows; ++r, x += cols, y += cols) {
    V sums = {};
    std::int64_t c = 0;
    for (; c + step <= cols; c += step) {
      const V v = *reinterpret_cast<const V*>(x + c);
      sums += v * v;
    }
    float sum = sums[0] + sums[1] + sums[2] + sums[3];
    for (; c < cols; ++c) sum += x[c] * x[c];
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (c = 0; c < cols; ++c) y[c] = x[c] * scale * weight[c];
  }
}

}  // namespace ops
