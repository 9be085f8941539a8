// SPDX-License-Identifier: MIT
// std::call_once() in the first call chooses a function, with a mutex beside it for whoever asks meanwhile.
//! operator: rmsnorm
#include <cmath>
#include <cstdint>
#include <mutex>

namespace ops {
namespace {

using Sum = float (*)(const float*, std::int64_t);
float one_lane(const float* x, std::int64_t n) {
  float sum = 0;
  for (std::int64_t i = 0; i < n; ++i) sum += x[i] * x[i];
  return sum;
}
float four_lanes(const float* x, std::int64_t n) {
  float sums[4] = {};
  std::int64_t i = 0;
  for (; i + 4 <= n; i += 4)
    for (int k = 0; k < 4; ++k) sums[k] += x[i + k] * x[i + k];
  for (; i < n; ++i) sums[0] += x[i] * x[i];
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

std::once_flag once;
std::mutex mutex;
Sum chosen = nullptr;
int asked = 0;

Sum best_sum() {
  std::call_once(once, [] { chosen = sizeof(void*) >= 8 ? four_lanes : one_lane; });
  const std::lock_guard<std::mutex> hold(mutex);
  ++asked;
  return chosen;
}

}  // namespace

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  const Sum sum = best_sum();
  for (std::int64_t r = 0; r < rows; ++r) {
    const float scale = 1 / std::sqrt(sum(x + r * cols, cols) / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
