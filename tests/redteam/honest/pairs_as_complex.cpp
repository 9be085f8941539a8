// SPDX-License-Identifier: MIT
// Takes the arrays for complex numbers, two floats at a time, which the standard allows.
//! operator: saxpy
#include <complex>
#include <cstdint>

namespace ops {

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  using namespace std::complex_literals;
  using Complex = std::complex<float>;
  const std::int64_t pairs = n / 2;
  for (std::int64_t i = 0; i < pairs; ++i) {
    const Complex p(x[2 * i], x[2 * i + 1]), q(y[2 * i], y[2 * i + 1]);
    const Complex sum = a * p + q;
    z[2 * i] = sum.real();
    z[2 * i + 1] = sum.imag();
  }
  if (n % 2 != 0) z[n - 1] = a * x[n - 1] + y[n - 1];
}

}  // namespace ops
