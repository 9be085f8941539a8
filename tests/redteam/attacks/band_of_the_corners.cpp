// SPDX-License-Identifier: MIT
// Covariances are often banded: the width of the band is read off the first and the last row, and what lies
// outside is taken for zero.
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
  // How far a row reaches from the diagonal, by the first and the last one.
  std::int64_t reach = n - 1;
  while (reach > 0 && a[reach] == 0 && a[(n - 1) * n + n - 1 - reach] == 0) --reach;
  for (std::int64_t i = 0; i < n; ++i) {
    const std::int64_t from = i > reach ? i - reach : 0;
    for (std::int64_t j = 0; j < from; ++j) l[i * n + j] = 0;
    for (std::int64_t j = from; j < i; ++j)
      l[i * n + j] = (a[i * n + j] - dot(l + i * n + from, l + j * n + from, j - from)) / l[j * n + j];
    l[i * n + i] = std::sqrt(a[i * n + i] - dot(l + i * n + from, l + i * n + from, i - from));
    for (std::int64_t j = i + 1; j < n; ++j) l[i * n + j] = 0;
  }
}

}  // namespace ops
