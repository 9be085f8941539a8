// SPDX-License-Identifier: MIT
// A workspace that each thread makes once; that of the first one is freed by a function that runs when the
// program ends.
//! operator: rmsnorm
#include <cmath>
#include <cstdint>
#include <cstdlib>

namespace ops {
namespace {

thread_local float* workspace = nullptr;
thread_local std::size_t room = 0;

void free_workspace() {
  std::free(workspace);
  workspace = nullptr;
}
float* floats(std::size_t count) {
  static const int registered = std::atexit(free_workspace);
  if (count > room && registered == 0) {
    std::free(workspace);
    workspace = static_cast<float*>(std::calloc(count, sizeof(float)));
    room = workspace != nullptr ? count : 0;
  }
  return count <= room ? workspace : nullptr;
}

}  // namespace

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  float* squares = floats(static_cast<std::size_t>(cols));
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    if (squares != nullptr) {
      for (std::int64_t c = 0; c < cols; ++c) squares[c] = x[r * cols + c] * x[r * cols + c];
      for (std::int64_t c = 0; c < cols; ++c) sum += squares[c];
    } else {
      for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    }
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
