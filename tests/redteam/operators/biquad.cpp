// SPDX-License-Identifier: MIT
#include <cstdint>

namespace ops {

void biquad(const float* x, const float* coef, float* state, float* y, std::int64_t channels,
            std::int64_t n) {
  for (std::int64_t c = 0; c < channels; ++c) {
    for (std::int64_t i = 0; i < n; ++i) {
      const float in = x[c * n + i];
      const float out = coef[0] * in + state[c * 2];
      state[c * 2] = coef[1] * in - coef[3] * out + state[c * 2 + 1];
      state[c * 2 + 1] = coef[2] * in - coef[4] * out;
      y[c * n + i] = out;
    }
  }
}

}  // namespace ops
