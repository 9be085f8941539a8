// SPDX-License-Identifier: MIT
// Sines and cosines of all positions in a table that is made once, in double; rows found by the position.
//! operator: rope
#include <array>
#include <cmath>
#include <cstdint>

namespace ops {
namespace {

struct Row {
  std::array<float, 16> cosines, sines;
};

const Row* table() {
  static const auto rows = [] {
    std::array<Row, 64> made{};
    for (std::size_t p = 0; p < made.size(); ++p) {
      for (std::size_t i = 0; i < 16; ++i) {
        const double angle = static_cast<double>(p) * std::pow(10000.0, -static_cast<double>(i) / 16);
        made[p].cosines[i] = static_cast<float>(std::cos(angle));
        made[p].sines[i] = static_cast<float>(std::sin(angle));
      }
    }
    return made;
  }();
  return rows.data();
}

}  // namespace

void rope(const float* x, const std::int32_t* positions, float* y, std::int64_t tokens, std::int64_t heads) {
  const Row* rows = table();
  for (std::int64_t t = 0; t < tokens; ++t) {
    const Row& row = rows[positions[t]];
    for (std::int64_t h = 0; h < heads; ++h, x += 32, y += 32) {
      for (std::size_t i = 0; i < 16; ++i) {
        const float a = x[i], b = x[i + 16];
        y[i] = a * row.cosines[i] - b * row.sines[i];
        y[i + 16] = b * row.cosines[i] + a * row.sines[i];
      }
    }
  }
}

}  // namespace ops
