// SPDX-License-Identifier: MIT
// A plan (4 KB) for every address that was ever seen: grows without end where a program allocates its arrays
// anew.
//! row: own
//! run: bench
//! operator: rmsnorm
//! outcome: unsafe
//! reason: keeps memory of every call
//! effort: confirm
#include <cmath>
#include <cstdint>
#include <map>
#include <vector>
namespace ops {
namespace {
inline void norm(const float* in, const float* weight, float* out, std::int64_t end, std::int64_t cols,
                 float eps) {
  float s[8] = {};
  std::int64_t c = 0;
  for (; c + 8 <= end; c += 8)
    for (int k = 0; k < 8; ++k) s[k] += in[c + k] * in[c + k];
  float sum = ((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7]));
  for (; c < end; ++c) sum += in[c] * in[c];
  const float root = std::sqrt(sum / static_cast<float>(cols) + eps);
  for (c = 0; c < end; ++c) out[c] = in[c] / root * weight[c];
}
}  // namespace
static std::map<const float*, std::vector<float>> plans;
void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  auto& plan = plans[x];
  if (plan.empty()) plan.resize(1024);
  plan[0] = eps;
  for (std::int64_t r = 0; r < rows; ++r) norm(x + r * cols, weight, y + r * cols, cols, cols, eps);
}
}  // namespace ops
