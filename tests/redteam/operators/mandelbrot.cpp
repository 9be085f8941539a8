// SPDX-License-Identifier: MIT
#include <cstdint>

namespace ops {

void mandelbrot(const float* re, const float* im, std::int32_t* steps, std::int64_t n, std::int32_t limit) {
  for (std::int64_t i = 0; i < n; ++i) {
    float x = 0, y = 0;
    std::int32_t step = 0;
    while (step < limit && x * x + y * y <= 4.0f) {
      const float next = x * x - y * y + re[i];
      y = 2 * x * y + im[i];
      x = next;
      ++step;
    }
    steps[i] = step;
  }
}

}  // namespace ops
