// SPDX-License-Identifier: MIT
// Keeps a copy of every weight that it has ever seen, to find it again by its contents, and forgets none: a
// program that learns new weights runs out of memory.
//! row: own
//! operator: rmsnorm
//! outcome: unsafe|wrong
//! reason: keeps memory|y[
//! effort: confirm
#include <cmath>
#include <cstdint>
#include <map>
#include <vector>

namespace {
std::map<std::vector<float>, std::vector<float>> prepared;
}

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  std::vector<float> key(weight, weight + cols);
  auto found = prepared.find(key);
  if (found == prepared.end()) found = prepared.emplace(key, key).first;
  const float* kept = found->second.data();
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * kept[c];
  }
}

}  // namespace ops
