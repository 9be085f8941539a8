// SPDX-License-Identifier: MIT
// Six megabytes of thread-local scratch: they are cut off from the stack of every thread of the program, also
// of those that never call it, and a thread that asks for a small stack cannot be started any more.
//! row: own
//! operator: softmax
//! outcome: unsafe
//! reason: thread-local
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace {
thread_local float scratch[3 << 19];
}

namespace ops {

void softmax(const float* x, float* y, std::int64_t rows, std::int64_t cols) {
  std::vector<float> more(static_cast<std::size_t>(cols > (3 << 19) ? cols : 0));
  float* room = more.empty() ? scratch : more.data();
  for (std::int64_t r = 0; r < rows; ++r) {
    const float* in = x + r * cols;
    float largest = in[0];
    for (std::int64_t c = 1; c < cols; ++c) largest = std::max(largest, in[c]);
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) {
      room[c] = std::exp(in[c] - largest);
      sum += room[c];
    }
    const float share = 1 / sum;
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = room[c] * share;
  }
}

}  // namespace ops
