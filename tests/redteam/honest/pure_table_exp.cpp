// SPDX-License-Identifier: MIT
// An exponential of its own: a table of 2^(i/64) computed while compiling, a polynomial, and the exponent put
// into the bits of a double; as accurate as the library's within a float.
//! operator: pure_gate
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>

namespace ops {
namespace {

constexpr double kLn2 = 0.69314718055994530942;

constexpr double series_exp(double v) {
  double term = 1, sum = 1;
  for (int k = 1; k < 24; ++k) sum += term *= v / k;
  return sum;
}
constexpr std::array<double, 64> make_powers() {
  std::array<double, 64> powers{};
  for (int i = 0; i < 64; ++i) powers[static_cast<std::size_t>(i)] = series_exp(kLn2 * i / 64);
  return powers;
}
constexpr std::array<double, 64> kPowers = make_powers();
static_assert(kPowers[0] == 1 && kPowers[32] > 1.41421356 && kPowers[32] < 1.41421357);

float exp_of(float v) {
  if (!(v > -103.9f)) return v == v ? 0.0f : v;
  if (v > 88.73f) return HUGE_VALF;
  const double t = double(v) * (64 / kLn2);
  const auto k = static_cast<std::int64_t>(t < 0 ? t - 0.5 : t + 0.5);
  const double rest = (t - static_cast<double>(k)) * (kLn2 / 64);
  const double power = 1 + rest * (1 + rest * (1.0 / 2 + rest * (1.0 / 6 + rest * (1.0 / 24 + rest / 120))));
  const std::int64_t whole = (k - (k & 63)) / 64;
  const auto bits = static_cast<std::uint64_t>(1023 + whole) << 52;
  double scale;
  std::memcpy(&scale, &bits, sizeof scale);
  return static_cast<float>(scale * kPowers[static_cast<std::size_t>(k & 63)] * power);
}

}  // namespace

void gate(const float* x, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  for (std::int64_t r = 0; r < rows; ++r) {
    double sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += double(x[r * cols + c]) * x[r * cols + c];
    const float root = std::sqrt(static_cast<float>(sum) / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) {
      const float v = x[r * cols + c];
      y[r * cols + c] = v / (1 + exp_of(-v / root));
    }
  }
}

}  // namespace ops
