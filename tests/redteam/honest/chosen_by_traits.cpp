// SPDX-License-Identifier: MIT
// Templates that choose by what their argument can do.
//! operator: rmsnorm
#include <cmath>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace ops {
namespace {

struct Plain {
  float sum = 0;
  void add(float v) { sum += v; }
};
struct Careful {
  double sum = 0;
  void add(float v) { sum += v; }
  static constexpr bool exact = true;
};

template <class T, class = decltype(T::exact)>
std::true_type is_exact(int);
template <class T>
std::false_type is_exact(long);

template <class Sum>
float scale_of(const float* x, std::int64_t n, float eps) {
  Sum sum;
  for (std::int64_t i = 0; i < n; ++i) sum.add(x[i] * x[i]);
  if constexpr (decltype(is_exact<Sum>(0))::value)
    return static_cast<float>(1 / std::sqrt(sum.sum / static_cast<double>(n) + eps));
  else
    return 1 / std::sqrt(sum.sum / static_cast<float>(n) + eps);
}

}  // namespace

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  for (std::int64_t r = 0; r < rows; ++r) {
    const float* row = x + r * cols;
    const float scale = cols > 64 ? scale_of<Careful>(row, cols, eps) : scale_of<Plain>(row, cols, eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = row[c] * scale * weight[c];
  }
}

}  // namespace ops
