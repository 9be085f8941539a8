// SPDX-License-Identifier: MIT
// std::variant, std::visit, std::optional and std::any decide about the way; std::tuple carries the results.
//! operator: rmsnorm
#include <any>
#include <cmath>
#include <cstdint>
#include <optional>
#include <tuple>
#include <variant>

namespace ops {
namespace {

struct Narrow {
  float sum(const float* x, std::int64_t n) const {
    float total = 0;
    for (std::int64_t i = 0; i < n; ++i) total += x[i] * x[i];
    return total;
  }
};
struct Blocked {
  std::int64_t block;
  float sum(const float* x, std::int64_t n) const {
    float total = 0;
    for (std::int64_t begin = 0; begin < n; begin += block) {
      float part = 0;
      for (std::int64_t i = begin; i < n && i < begin + block; ++i) part += x[i] * x[i];
      total += part;
    }
    return total;
  }
};
using Way = std::variant<Narrow, Blocked>;

std::optional<Way> way_for(std::int64_t cols) {
  if (cols <= 0) return std::nullopt;
  if (cols < 64) return Narrow{};
  return Blocked{61};
}
std::tuple<float, std::any> scale_of(const Way& way, const float* row, std::int64_t cols, float eps) {
  const float sum = std::visit([&](const auto& one) { return one.sum(row, cols); }, way);
  return {1 / std::sqrt(sum / cols + eps), std::any(sum)};
}

}  // namespace

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  const std::optional<Way> way = way_for(cols);
  if (!way) return;
  for (std::int64_t r = 0; r < rows; ++r) {
    const auto [scale, sum] = scale_of(*way, x + r * cols, cols, eps);
    if (!sum.has_value()) continue;
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
