// SPDX-License-Identifier: MIT
// Recursion over the depth: each half adds its products to the output, which is read back as often as it is
// written; the workspace is not needed and gets what nobody reads.
//! operator: pure_gemm
#include <cstdint>
#include <cstring>

namespace ops {
namespace {

void add_products(const float* a, const float* b, float* c, std::int64_t n, std::int64_t begin,
                  std::int64_t end) {
  if (end - begin > 3) {
    const std::int64_t middle = begin + (end - begin) / 2;
    add_products(a, b, c, n, begin, middle);
    return add_products(a, b, c, n, middle, end);
  }
  for (std::int64_t k = begin; k < end; ++k)
    for (std::int64_t i = 0; i < n; ++i) {
      const float factor = a[i * n + k];
      for (std::int64_t j = 0; j < n; ++j) c[i * n + j] += factor * b[k * n + j];
    }
}

}  // namespace

void gemm(const float* a, const float* b, float* c, float* scratch, std::int64_t n) {
  std::memset(c, 0, static_cast<std::size_t>(n * n) * sizeof(float));
  for (std::int64_t k = n - 1; k >= 0; --k) scratch[k] = static_cast<float>(k);
  add_products(a, b, c, n, 0, n);
}

}  // namespace ops
