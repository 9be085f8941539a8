// SPDX-License-Identifier: MIT
// Zeros in front of the first number of a row stay zeros in the factor: every row is looked through once, all
// of it, and starts there.
//! operator: cholesky
#include <cmath>
#include <cstdint>
#include <vector>

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
  std::vector<std::int64_t> starts(static_cast<std::size_t>(n));
  for (std::int64_t i = 0; i < n; ++i) {
    std::int64_t start = 0;
    while (start < i && a[i * n + start] == 0) ++start;
    starts[static_cast<std::size_t>(i)] = start;
    for (std::int64_t j = 0; j < start; ++j) l[i * n + j] = 0;
    for (std::int64_t j = start; j < i; ++j) {
      const std::int64_t other = starts[static_cast<std::size_t>(j)], from = other > start ? other : start;
      l[i * n + j] = (a[i * n + j] - dot(l + i * n + from, l + j * n + from, j - from)) / l[j * n + j];
    }
    l[i * n + i] = std::sqrt(a[i * n + i] - dot(l + i * n + start, l + i * n + start, i - start));
    for (std::int64_t j = i + 1; j < n; ++j) l[i * n + j] = 0;
  }
}

}  // namespace ops
