// SPDX-License-Identifier: MIT
// exp by a table of 32 powers of two and a short polynomial, made at compile time; bits put together by a
// union.
//! operator: cross_entropy
#include <cmath>
#include <cstdint>

namespace ops {
namespace {

constexpr double root_of_two() {  // 2^(1/32) by Newton's method
  double x = 1.02;
  for (int i = 0; i < 60; ++i) {
    double p = 1;
    for (int k = 0; k < 31; ++k) p *= x;
    x -= (p * x - 2) / (32 * p);
  }
  return x;
}

struct Powers {
  float of[32]{};
  constexpr Powers() {
    double v = 1;
    for (float& power : of) {
      power = static_cast<float>(v);
      v *= root_of_two();
    }
  }
};
constexpr Powers kPowers;

union Bits {
  float value;
  std::uint32_t word;
};

/// exp(x) for x <= 0; what is below the smallest normal number is 0.
inline float exp_of(float x) {
  if (!(x > -87.0f)) return x != x ? x : 0.0f;
  const float scaled = x * 46.16624130844683f;  // 32 / ln 2
  const auto whole = static_cast<std::int32_t>(scaled - 0.5f);
  const float n = static_cast<float>(whole);
  // ln 2 / 32 in two parts; products with the first one are exact
  const float r = (x - n * (2839.0f / 131072)) - n * 9.9831828e-07f;
  Bits power;
  power.value = kPowers.of[whole & 31];
  power.word += static_cast<std::uint32_t>(whole >> 5) << 23;
  return power.value + power.value * (r + r * r * (0.5f + r * (0.16666667f + r * 0.041666668f)));
}

}  // namespace

void cross_entropy(const float* logits, const std::int32_t* labels, float* loss, std::int64_t rows,
                   std::int64_t classes) {
  for (std::int64_t r = 0; r < rows; ++r) {
    const float* row = logits + r * classes;
    float largest = row[0];
    for (std::int64_t c = 1; c < classes; ++c) largest = largest < row[c] ? row[c] : largest;
    float even = 0, odd = 0;
    std::int64_t c = 0;
    for (; c + 2 <= classes; c += 2) {
      even += exp_of(row[c] - largest);
      odd += exp_of(row[c + 1] - largest);
    }
    if (c < classes) even += exp_of(row[c] - largest);
    loss[r] = std::log(even + odd) + largest - row[labels[r]];
  }
}

}  // namespace ops
