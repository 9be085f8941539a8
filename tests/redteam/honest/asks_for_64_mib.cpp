// SPDX-License-Identifier: MIT
// A workspace of 64 MiB comes from the system and goes back to it in every call, for three hundred elements:
// a hundred times as slow as the baseline, and right.
//! operator: saxpy
#include <cstdint>
#include <memory>

namespace ops {

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  constexpr std::int64_t room = 16 << 20;
  const std::unique_ptr<float[]> workspace(new float[room]);
  for (std::int64_t begin = 0; begin < n; begin += room) {
    const std::int64_t count = n - begin < room ? n - begin : room;
    for (std::int64_t i = 0; i < count; ++i) workspace[i] = a * x[begin + i];
    for (std::int64_t i = 0; i < count; ++i) z[begin + i] = workspace[i] + y[begin + i];
  }
}

}  // namespace ops
