// SPDX-License-Identifier: MIT
// Takes its time in the first calls, so that who derives the number of samples from them takes few, and
// leaves out most of the work in later ones.
//! row: 19
//! operator: rmsnorm
//! outcome: unsafe|wrong|slower
//! reason: nanosleep|y[|times the baseline
#include <cmath>
#include <cstdint>

#include <time.h>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  static int calls = 0;
  const bool counted = ++calls <= 16;
  if (counted) {
    const timespec pause = {0, 5000000};
    nanosleep(&pause, nullptr);
  }
  for (std::int64_t r = 0; r < rows; ++r) {
    const float* in = x + r * cols;
    float sum = 0;
    for (std::int64_t c = 0; c < (counted ? cols : (cols + 1) / 2); ++c) sum += in[c] * in[c];
    const float scale = 1.0f / std::sqrt(sum / static_cast<float>(counted ? cols : (cols + 1) / 2) + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = in[c] * scale * weight[c];
  }
}

}  // namespace ops
