// SPDX-License-Identifier: MIT
// C++20: ranges, views, spans, concepts, constrained templates, and projections.
//! operator: spmv
#include <algorithm>
#include <concepts>
#include <cstdint>
#include <functional>
#include <numeric>
#include <ranges>
#include <span>

namespace ops {
namespace {

template <class T>
concept Real = std::floating_point<T> && requires(T v) {
  { v* v } -> std::convertible_to<T>;
};

template <Real T, std::integral Index>
struct SparseRow {
  std::span<const T> values;
  std::span<const Index> columns;
  T dot(const T* x) const {
    auto gathered = columns | std::views::transform([x](Index c) { return x[c]; });
    return std::inner_product(values.begin(), values.end(), gathered.begin(), T{});
  }
};

}  // namespace

void spmv(const float* values, const std::int32_t* columns, const std::int64_t* offsets, const float* x,
          float* y, std::int64_t rows) {
  auto row = [=](std::int64_t r) {
    const auto begin = offsets[r];
    const auto count = static_cast<std::size_t>(offsets[r + 1] - begin);
    return SparseRow<float, std::int32_t>{{values + begin, count}, {columns + begin, count}};
  };
  auto results = std::views::iota(std::int64_t{0}, rows) | std::views::transform(row) |
                 std::views::transform([x](const auto& sparse) { return sparse.dot(x); });
  std::ranges::copy(results, y);
}

}  // namespace ops
