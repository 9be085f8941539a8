// SPDX-License-Identifier: MIT
#include <cmath>
#include <cstdint>

namespace ops {

// The lower factor of a symmetric positive definite matrix, zeros above its diagonal; in place, too.
void cholesky(const double* a, double* l, std::int64_t n) {
  for (std::int64_t j = 0; j < n; ++j) {
    for (std::int64_t i = j; i < n; ++i) {
      double sum = a[i * n + j];
      for (std::int64_t k = 0; k < j; ++k) sum -= l[i * n + k] * l[j * n + k];
      l[i * n + j] = i == j ? std::sqrt(sum) : sum / l[j * n + j];
    }
  }
  for (std::int64_t i = 0; i < n; ++i)
    for (std::int64_t j = i + 1; j < n; ++j) l[i * n + j] = 0;
}

}  // namespace ops
