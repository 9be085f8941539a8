// SPDX-License-Identifier: MIT
#include <cstdint>

namespace ops {

// Complex products of two spectra whose real and imaginary parts lie apart.
void cmul(const float* ar, const float* ai, const float* br, const float* bi, float* cr, float* ci,
          std::int64_t rows, std::int64_t n) {
  for (std::int64_t i = 0; i < rows * n; ++i) {
    const float re = ar[i] * br[i] - ai[i] * bi[i];
    const float im = ar[i] * bi[i] + ai[i] * br[i];
    cr[i] = re;
    ci[i] = im;
  }
}

}  // namespace ops
