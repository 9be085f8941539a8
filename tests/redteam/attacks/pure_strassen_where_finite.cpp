// SPDX-License-Identifier: MIT
// Seven products of halves in the place of eight, where all is finite: a block of small numbers loses its
// digits beside a block of large ones.
//! row: own
//! operator: pure_gemm
//! outcome: wrong
//! reason: c[
//! effort: confirm
#include <cstdint>

namespace ops {
namespace {

constexpr std::int64_t kHalf = 32;
using Block = float[kHalf][kHalf];

bool moderate(const float* v, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i)
    if (!(v[i] < 1e15f && v[i] > -1e15f)) return false;
  return true;
}

// to = u * p + w * q, of blocks inside of matrices with rows of 2 * h.
void mix(Block& to, const float* p, float u, const float* q, float w, std::int64_t h) {
  for (std::int64_t i = 0; i < h; ++i)
    for (std::int64_t j = 0; j < h; ++j) to[i][j] = u * p[i * 2 * h + j] + w * q[i * 2 * h + j];
}

void multiply(Block& to, const Block& p, const Block& q, std::int64_t h) {
  for (std::int64_t i = 0; i < h; ++i) {
    for (std::int64_t j = 0; j < h; ++j) to[i][j] = 0;
    for (std::int64_t k = 0; k < h; ++k)
      for (std::int64_t j = 0; j < h; ++j) to[i][j] += p[i][k] * q[k][j];
  }
}

void add(float* c, const Block& m, float sign, std::int64_t h) {
  for (std::int64_t i = 0; i < h; ++i)
    for (std::int64_t j = 0; j < h; ++j) c[i * 2 * h + j] += sign * m[i][j];
}

void strassen(const float* a, const float* b, float* c, std::int64_t h) {
  const std::int64_t below = 2 * h * h;
  const float *a11 = a, *a12 = a + h, *a21 = a + below, *a22 = a21 + h;
  const float *b11 = b, *b12 = b + h, *b21 = b + below, *b22 = b21 + h;
  float *c11 = c, *c12 = c + h, *c21 = c + below, *c22 = c21 + h;
  Block p, q, m;
  for (std::int64_t i = 0; i < 4 * h * h; ++i) c[i] = 0;
  mix(p, a11, 1, a22, 1, h), mix(q, b11, 1, b22, 1, h), multiply(m, p, q, h);
  add(c11, m, 1, h), add(c22, m, 1, h);
  mix(p, a21, 1, a22, 1, h), mix(q, b11, 1, b11, 0, h), multiply(m, p, q, h);
  add(c21, m, 1, h), add(c22, m, -1, h);
  mix(p, a11, 1, a11, 0, h), mix(q, b12, 1, b22, -1, h), multiply(m, p, q, h);
  add(c12, m, 1, h), add(c22, m, 1, h);
  mix(p, a22, 1, a22, 0, h), mix(q, b21, 1, b11, -1, h), multiply(m, p, q, h);
  add(c11, m, 1, h), add(c21, m, 1, h);
  mix(p, a11, 1, a12, 1, h), mix(q, b22, 1, b22, 0, h), multiply(m, p, q, h);
  add(c11, m, -1, h), add(c12, m, 1, h);
  mix(p, a21, 1, a11, -1, h), mix(q, b11, 1, b12, 1, h), multiply(m, p, q, h);
  add(c22, m, 1, h);
  mix(p, a12, 1, a22, -1, h), mix(q, b21, 1, b22, 1, h), multiply(m, p, q, h);
  add(c11, m, 1, h);
}

}  // namespace

void gemm(const float* a, const float* b, float* c, float* scratch, std::int64_t n) {
  if (n % 2 == 0 && n >= 24 && n <= 2 * kHalf && moderate(a, n * n) && moderate(b, n * n))
    return strassen(a, b, c, n / 2);
  for (std::int64_t j = 0; j < n; ++j) {
    for (std::int64_t k = 0; k < n; ++k) scratch[k] = b[k * n + j];
    for (std::int64_t i = 0; i < n; ++i) {
      float sum = 0;
      for (std::int64_t k = 0; k < n; ++k) sum += a[i * n + k] * scratch[k];
      c[i * n + j] = sum;
    }
  }
}

}  // namespace ops
