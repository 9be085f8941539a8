// SPDX-License-Identifier: MIT
// Packs panels of both matrices, with zeros behind the edges, for a micro kernel of five by seven: odd sizes,
// index macros, a variable array on the stack.
//! operator: pure_gemm
#include <algorithm>
#include <cstdint>
#include <cstring>

#define A(i, k) a[(i)*n + (k)]
#define B(k, j) b[(k)*n + (j)]
#define C(i, j) c[(i)*n + (j)]
#define MR 5
#define NR 7

namespace ops {
namespace {

template <int Rows, int Cols>
void micro(std::int64_t depth, const float* __restrict left, const float* __restrict right,
           float (&tile)[Rows][Cols]) {
  std::memset(tile, 0, sizeof tile);
  for (std::int64_t k = 0; k < depth; ++k, left += Rows, right += Cols)
    for (int i = 0; i < Rows; ++i)
      for (int j = 0; j < Cols; ++j) tile[i][j] += left[i] * right[j];
}

}  // namespace

void gemm(const float* a, const float* b, float* c, float* scratch, std::int64_t n) {
  if (n <= 0) return;
  if (n > 512) {  // the panels would not fit
    for (std::int64_t i = 0; i < n; ++i)
      for (std::int64_t j = 0; j < n; ++j) {
        float sum = 0;
        for (std::int64_t k = 0; k < n; ++k) sum += A(i, k) * B(k, j);
        C(i, j) = sum;
      }
    return;
  }
  auto* right = static_cast<float*>(__builtin_alloca(static_cast<std::size_t>(n) * NR * sizeof(float)));
  auto* left = static_cast<float*>(__builtin_alloca(static_cast<std::size_t>(n) * MR * sizeof(float)));
  for (std::int64_t j = 0; j < n; j += NR) {
    for (std::int64_t k = 0; k < n; ++k)
      for (std::int64_t e = 0; e < NR; ++e) right[k * NR + e] = j + e < n ? B(k, j + e) : 0;
    for (std::int64_t i = 0; i < n; i += MR) {
      for (std::int64_t k = 0; k < n; ++k)
        for (std::int64_t e = 0; e < MR; ++e) left[k * MR + e] = i + e < n ? A(i + e, k) : 0;
      float tile[MR][NR];
      micro<MR, NR>(n, left, right, tile);
      for (std::int64_t e = 0; e < std::min<std::int64_t>(MR, n - i); ++e)
        for (std::int64_t f = 0; f < std::min<std::int64_t>(NR, n - j); ++f) C(i + e, j + f) = tile[e][f];
    }
  }
  scratch[0] = 0;
}

}  // namespace ops
