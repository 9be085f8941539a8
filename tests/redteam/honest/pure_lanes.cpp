// SPDX-License-Identifier: MIT
// Sixteen partial sums, and stores that compilers turn into calls of memset and memcpy.
//! operator: pure_gate
#include <cmath>
#include <cstdint>
#include <cstring>

namespace ops {

void gate(const float* x, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  for (std::int64_t r = 0; r < rows; ++r) {
    const float* a = x + r * cols;
    float* out = y + r * cols;
    if (out != a) {
      for (std::int64_t c = 0; c < cols; ++c) out[c] = 0;
      std::memcpy(out, a, static_cast<std::size_t>(cols) * sizeof *out);
    }
    float part[16] = {};
    std::int64_t c = 0;
    for (; c + 16 <= cols; c += 16) {
      for (int k = 0; k < 16; ++k) part[k] += out[c + k] * out[c + k];
    }
    float sum = 0;
    for (; c < cols; ++c) sum += out[c] * out[c];
    for (float p : part) sum += p;
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (c = 0; c < cols; ++c) out[c] = out[c] / (1 + std::exp(-out[c] * scale));
  }
}

}  // namespace ops
