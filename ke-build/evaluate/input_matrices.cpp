// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/input_matrices.h"

#include "ke-build/model/spec.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ke {
namespace {

constexpr size_t kFactored = 96;  // rows of a matrix that is factored to see what a change does to it

/// What a positive definite matrix is multiplied with, element by element, and stays one (Schur's product
/// theorem): itself positive semidefinite, with ones along the diagonal.
class Taper {
 public:
  Taper(size_t rows, bool any, Random& random) {
    kind_ = any ? static_cast<Kind>(random.below(4)) : dense;
    reach_ = static_cast<double>(1 + random.below(std::max<size_t>(rows / 2, 1)));
    // Blocks of any size, so that neither the first nor the last row says how wide the others are.
    size_t block = 0;
    for (size_t left = 0; block_.size() < rows; ++block) {
      left = 1 + random.below(std::max<size_t>(rows / 2, 1));
      block_.insert(block_.end(), std::min(left, rows - block_.size()), block);
    }
  }
  double at(size_t i, size_t j) const {
    if (kind_ == band) return std::max(0.0, 1 - static_cast<double>(i > j ? i - j : j - i) / reach_);
    if (kind_ == blocks) return block_[i] == block_[j];
    return 1;
  }

 private:
  enum Kind { dense, dense_too, band, blocks } kind_;
  double reach_;
  std::vector<size_t> block_;
};

/// Smaller than what anybody takes for nothing in double, and still numbers when some of them are multiplied.
double shrunk(Dtype dtype, Random& random) {
  const double room = dtype == Dtype::f64 ? 48 : dtype == Dtype::f32 ? 12 : 0;
  return std::exp2(-std::floor(room * random.uniform()));
}

/// Smallest pivot of a Cholesky factorization; not positive where there is none.
double smallest_pivot(std::vector<double> a, size_t n) {
  double least = std::numeric_limits<double>::infinity();
  for (size_t k = 0; k < n; ++k) {
    least = std::min(least, a[k * n + k]);
    if (!(least > 0)) return least;
    for (size_t i = k + 1; i < n; ++i) {
      const double factor = a[i * n + k] / a[k * n + k];
      for (size_t j = k + 1; j <= i; ++j) a[i * n + j] -= factor * a[j * n + k];
    }
  }
  return least;
}

/// Rows and columns `i` and `k`; false where the matrix stays as it was.
bool exchange(Buffer& buffer, int64_t start, int64_t n, int64_t i, int64_t k) {
  const auto at = [&](int64_t row, int64_t column) { return start + row * n + column; };
  const auto two_rows = [&] {
    std::vector<double> rows;
    for (const int64_t row : {i, k})
      for (int64_t j = 0; j < n; ++j) rows.push_back(buffer.get(at(row, j)));
    return rows;
  };
  const auto swap = [&](int64_t one, int64_t other) {
    const double kept = buffer.get(one);
    buffer.set(one, buffer.get(other));
    buffer.set(other, kept);
  };
  const std::vector<double> before = two_rows();
  for (int64_t j = 0; j < n; ++j) swap(at(i, j), at(k, j));
  for (int64_t j = 0; j < n; ++j) swap(at(j, i), at(j, k));
  return two_rows() != before;
}

bool bring_nearer_to_zero(Buffer& buffer, int64_t start, int64_t n, int64_t i, int64_t k) {
  const auto rows = static_cast<size_t>(n);
  if (buffer.get(start + i * n + k) == 0) return false;
  std::vector<double> matrix(rows * rows);
  for (size_t e = 0; e < matrix.size(); ++e) matrix[e] = buffer.get(start + static_cast<int64_t>(e));
  const int64_t here = i * n + k, mirrored = k * n + i;
  const double before = matrix[static_cast<size_t>(here)], pivot = smallest_pivot(matrix, rows);
  if (!(pivot > 0)) return false;
  for (double share = 0.5; share > 1e-3; share /= 4) {
    const double after = round_to(buffer.dtype(), before * (1 - share));
    matrix[static_cast<size_t>(here)] = matrix[static_cast<size_t>(mirrored)] = after;
    if (after == before || !(smallest_pivot(matrix, rows) > pivot / 2)) continue;
    buffer.set(start + here, after);
    buffer.set(start + mirrored, after);
    return true;
  }
  return false;
}

}  // namespace

void fill_spd(std::vector<double>& values, int64_t size, double scale, Dtype dtype, InputStyle style,
              bool shrinks, Random& random) {
  const auto n = static_cast<size_t>(size);
  const bool whole = style == InputStyle::small_integers;
  const bool plain = style == InputStyle::one_hot || style == InputStyle::constant_rows;
  for (size_t start = 0; start + n * n <= values.size(); start += n * n) {
    // A spectrum of many sizes: few steps of an iteration end far from the solution. In large matrices the
    // smallest must stay above what errors of single elements amount to.
    const bool wide = style != InputStyle::typical && !plain && !whole && random.below(2) == 0;
    const double least = wide ? std::exp2(-3 - (n <= 256 ? 6 : 4) * random.uniform()) : 1;
    // A = scale * D (B B^T / rank + least I) D has few terms per element, so that large matrices stay cheap.
    const size_t rank = std::min<size_t>(n, wide ? 256 : 32);
    std::vector<double> factors(n * rank), diagonal(n, 1);
    for (double& v : factors) v = plain ? 0 : whole ? std::nearbyint(random.normal()) : random.normal();
    if (style == InputStyle::heavy_tail)
      for (double& v : diagonal) v = std::pow(10, 1.5 * random.uniform());
    for (size_t i = 0; wide && i < n * rank; ++i)
      factors[i] *= std::pow(least, 0.5 * static_cast<double>(i % rank) / static_cast<double>(rank));
    const Taper taper(n, style != InputStyle::typical && !whole, random);
    const double own_scale = shrinks && style != InputStyle::typical && random.below(4) == 0
                                 ? scale * shrunk(dtype, random)
                                 : scale;
    for (size_t i = 0; i < n; ++i) {
      for (size_t j = 0; j <= i; ++j) {
        double sum = i == j ? least : 0;
        for (size_t k = 0; k < rank; ++k)
          sum += factors[i * rank + k] * factors[j * rank + k] / static_cast<double>(rank);
        const double value = round_to(dtype, own_scale * diagonal[i] * diagonal[j] * taper.at(i, j) * sum);
        values[start + i * n + j] = values[start + j * n + i] = value;
      }
    }
  }
}

bool change_spd(Buffer& buffer, int64_t size, Random& random) {
  if (size < 2 || !is_floating(buffer.dtype())) return false;
  const auto any = [&](int64_t count) {
    return static_cast<int64_t>(random.below(static_cast<uint64_t>(count)));
  };
  const int64_t start = any(buffer.count() / (size * size)) * size * size;
  const int64_t i = any(size), k = (i + 1 + any(size - 1)) % size;
  const bool nearer = size <= static_cast<int64_t>(kFactored) && random.below(2) == 0;
  return (nearer && bring_nearer_to_zero(buffer, start, size, i, k)) || exchange(buffer, start, size, i, k);
}

}  // namespace ke
