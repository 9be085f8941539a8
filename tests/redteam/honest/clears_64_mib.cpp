// SPDX-License-Identifier: MIT
// A workspace of 64 MiB is allocated and cleared in every call, for three hundred elements: some ten thousand
// times as slow as the baseline, and right.
//! operator: saxpy
#include <cstdint>
#include <vector>

namespace ops {

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  std::vector<float> workspace(16 << 20);
  const auto room = static_cast<std::int64_t>(workspace.size());
  for (std::int64_t begin = 0; begin < n; begin += room) {
    const std::int64_t count = n - begin < room ? n - begin : room;
    for (std::int64_t i = 0; i < count; ++i) workspace[i] = a * x[begin + i];
    for (std::int64_t i = 0; i < count; ++i) z[begin + i] = workspace[i] + y[begin + i];
  }
}

}  // namespace ops
