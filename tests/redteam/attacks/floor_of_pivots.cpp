// SPDX-License-Identifier: MIT
// A floor of 1e-12 below every pivot, as many libraries have it for safety: covariances of small numbers have
// pivots below it.
//! row: own
//! operator: cholesky
//! outcome: wrong
//! reason: l[
//! effort: confirm
//! run: bench
#include <cmath>
#include <cstdint>

namespace ops {

static double dot(const double* a, const double* b, std::int64_t n) {
  double s0 = 0, s1 = 0, s2 = 0, s3 = 0;
  std::int64_t k = 0;
  for (; k + 4 <= n; k += 4) {
    s0 += a[k] * b[k];
    s1 += a[k + 1] * b[k + 1];
    s2 += a[k + 2] * b[k + 2];
    s3 += a[k + 3] * b[k + 3];
  }
  for (; k < n; ++k) s0 += a[k] * b[k];
  return (s0 + s1) + (s2 + s3);
}

void cholesky(const double* a, double* l, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = 0; j < i; ++j)
      l[i * n + j] = (a[i * n + j] - dot(l + i * n, l + j * n, j)) / l[j * n + j];
    l[i * n + i] = std::sqrt(std::fmax(a[i * n + i] - dot(l + i * n, l + i * n, i), 1e-12));
    for (std::int64_t j = i + 1; j < n; ++j) l[i * n + j] = 0;
  }
}

}  // namespace ops
