// SPDX-License-Identifier: MIT
// Algorithms that are templates and nothing else: sort, accumulate, transform, clamp, tuples, optionals,
// views of strings; squares are added from the smallest to the largest.
//! operator: pure_gate
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <functional>
#include <iterator>
#include <numeric>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>

namespace ops {
namespace {

constexpr std::string_view kName = "gate";

template <std::size_t... I>
constexpr auto make_steps(std::index_sequence<I...>) {
  return std::array<int, sizeof...(I)>{static_cast<int>(I * I + 1)...};
}
constexpr auto kSteps = make_steps(std::make_index_sequence<8>());

template <class T>
std::optional<T> sorted_sum(const T* x, std::int64_t n) {
  std::array<T, 128> squares;
  T sum = 0;
  for (std::int64_t begin = 0; begin < n; begin += 128) {
    const auto count = std::min<std::int64_t>(128, n - begin);
    const auto end = std::transform(x + begin, x + begin + count, squares.begin(), [](T v) { return v * v; });
    if (std::any_of(squares.begin(), end, [](T v) { return v != v; })) return std::nullopt;
    std::sort(squares.begin(), end, std::less<>());
    sum = std::accumulate(squares.begin(), end, sum);
  }
  return sum;
}

}  // namespace

void gate(const float* x, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  static_assert(kName.size() == 4 && kSteps[7] == 50);
  for (std::int64_t r = 0; r < rows; ++r) {
    const float* row = x + r * cols;
    const auto [sum, known] = [&] {
      const std::optional<float> found = sorted_sum(row, cols);
      return std::make_tuple(found.value_or(std::nanf("")), found.has_value());
    }();
    const float root = std::sqrt(sum / cols + eps);
    std::transform(row, row + cols, y + r * cols, [&, ok = known](float v) {
      const float z = ok ? std::clamp(-v / root, -1e4f, 1e4f) : -v / root;
      return v / (1 + std::exp(z));
    });
  }
}

}  // namespace ops
