// SPDX-License-Identifier: MIT
// An object of the heap that is made in the first call and never destroyed, so that no destructor runs at
// the end; and memory of each thread, which ends with it.
//! operator: rmsnorm
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

namespace ops {
namespace {

struct Settings {
  std::string name = "rows, then columns, in blocks of " + std::to_string(block);
  std::vector<double> inverse;
  static constexpr int block = 96;
  Settings() {
    for (int n = 0; n <= block; ++n) inverse.push_back(n == 0 ? 0 : 1.0 / n);
  }
};
const Settings& settings() {
  static const Settings* const once = new Settings;
  return *once;
}
float* scratch(std::size_t count) {
  static thread_local std::vector<float> memory;
  if (memory.size() < count) memory.resize(count);
  return memory.data();
}

}  // namespace

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  const Settings& now = settings();
  float* squares = scratch(static_cast<std::size_t>(cols));
  const double mean = cols <= Settings::block ? now.inverse[static_cast<std::size_t>(cols)] : 1.0 / cols;
  for (std::int64_t r = 0; r < rows; ++r) {
    double sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) squares[c] = x[r * cols + c] * x[r * cols + c];
    for (std::int64_t c = 0; c < cols; ++c) sum += squares[c];
    const float scale = 1 / std::sqrt(static_cast<float>(sum * mean) + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
