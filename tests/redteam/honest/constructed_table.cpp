// SPDX-License-Identifier: MIT
// A constructor fills a table before main(). It holds constants, 1/n, and nothing that depends on an input.
//! operator: rmsnorm
#include <cmath>
#include <cstdint>

namespace ops {
namespace {

struct Reciprocals {
  double of[8192];  // 64 KiB
  Reciprocals() {
    for (int n = 0; n < 8192; ++n) of[n] = n == 0 ? 0 : 1.0 / n;
  }
};
const Reciprocals kReciprocals;

}  // namespace

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    const double mean = cols > 0 && cols < 8192 ? sum * kReciprocals.of[cols] : double(sum) / cols;
    const float scale = static_cast<float>(1 / std::sqrt(mean + eps));
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
