// SPDX-License-Identifier: MIT
// FMA where the processor has it.
//! operator: biquad
//! flags: -ffp-contract=off
#include <cmath>
#include <cstdint>
namespace ops {
__attribute__((target("fma"))) static void fused(const float* x, const float* k, float* state, float* y,
                                                 std::int64_t channels, std::int64_t n) {
  const float b0 = k[0], b1 = k[1], b2 = k[2], a1 = k[3], a2 = k[4];
  for (std::int64_t c = 0; c < channels; ++c) {
    float s0 = state[c * 2], s1 = state[c * 2 + 1];
    for (std::int64_t i = 0; i < n; ++i) {
      const float v = x[c * n + i], out = __builtin_fmaf(b0, v, s0);
      s0 = __builtin_fmaf(-a1, out, __builtin_fmaf(b1, v, s1));
      s1 = __builtin_fmaf(-a2, out, b2 * v);
      y[c * n + i] = out;
    }
    state[c * 2] = s0;
    state[c * 2 + 1] = s1;
  }
}
static void plain(const float* x, const float* k, float* state, float* y, std::int64_t channels,
                  std::int64_t n) {
  const float b0 = k[0], b1 = k[1], b2 = k[2], a1 = k[3], a2 = k[4];
  for (std::int64_t c = 0; c < channels; ++c) {
    float s0 = state[c * 2], s1 = state[c * 2 + 1];
    for (std::int64_t i = 0; i < n; ++i) {
      const float v = x[c * n + i], out = b0 * v + s0;
      s0 = b1 * v - a1 * out + s1;
      s1 = b2 * v - a2 * out;
      y[c * n + i] = out;
    }
    state[c * 2] = s0;
    state[c * 2 + 1] = s1;
  }
}
void biquad(const float* x, const float* k, float* state, float* y, std::int64_t channels, std::int64_t n) {
  if (__builtin_cpu_supports("fma"))
    fused(x, k, state, y, channels, n);
  else
    plain(x, k, state, y, channels, n);
}
}  // namespace ops
